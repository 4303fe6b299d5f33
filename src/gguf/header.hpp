#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "gguf/types.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace llf::gguf {

/// One number or text. Integers of any width are one of the two integer types.
using Scalar = std::variant<std::uint64_t, std::int64_t, double, bool, std::string>;

/// A list of values of one type.
struct List {
  ValueType type = ValueType::uint8;
  std::uint64_t count = 0;
  /// Of whole numbers, a negative one as 0, and of bools, true as 1. Empty for other types, and for
  /// more than limits::kGgufListKept: vocabularies.
  std::vector<std::uint64_t> numbers;

  friend bool operator==(const List&, const List&) = default;
};

using Value = std::variant<Scalar, List>;

struct Tensor {
  std::string name;
  std::array<std::uint64_t, 4> shape{1, 1, 1, 1};  ///< the fastest dimension first
  std::uint32_t type = 0;                          ///< see tensor_type
  std::uint64_t offset = 0;                        ///< from Header::data_offset
  ByteSize size;  ///< of a type that is not known: up to the next one's data or the file's end

  [[nodiscard]] std::uint64_t elements() const { return shape[0] * shape[1] * shape[2] * shape[3]; }
  friend bool operator==(const Tensor&, const Tensor&) = default;
};

/// What stands in a file before the tensors' data.
struct Header {
  std::uint32_t version = 0;
  std::map<std::string, Value, std::less<>> values;
  std::vector<Tensor> tensors;
  std::uint64_t data_offset = 0;  ///< where the data begin, in bytes from the file's beginning

  friend bool operator==(const Header&, const Header&) = default;
};

/// More of the file is needed: at least so many bytes from its beginning.
struct Incomplete {
  std::uint64_t bytes = 0;
};

/// Reads the header of a file of `file_size` bytes, of which `beginning` is what is there: all of
/// it, or as much as was read or fetched so far. The file is not trusted: every count, length,
/// offset and sum is checked before it is used, against the file's size and the limits, and what
/// comes with a success is what an engine may load. Unknown keys and tensor types that are newer
/// than ours are accepted. Errors: `invalid`, with the byte where it is wrong; `too_large`, also
/// for more than limits::kGgufKept of values. Time is bounded by the bytes given. Pure; any thread.
[[nodiscard]] Expected<std::variant<Header, Incomplete>> read_header(std::string_view beginning,
                                                                     std::uint64_t file_size);

}  // namespace llf::gguf
