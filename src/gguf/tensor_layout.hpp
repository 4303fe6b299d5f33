#pragma once

#include "base/expected.hpp"
#include "gguf/header.hpp"

#include <cstdint>
#include <vector>

namespace llf::gguf {

/// Where the data of a header's tensors lie, one behind the other; behind one of an unknown size,
/// somewhere. Every product and sum is checked. Pure.
class TensorLayout {
 public:
  /// `alignment` is a power of two.
  explicit TensorLayout(std::uint64_t alignment) : alignment_(alignment) {}

  /// Takes the next tensor, and gives it its size; 0 if its type is not known. Errors: `invalid`.
  [[nodiscard]] Expected<void> add(Tensor& tensor);

  /// Where the data begin, of a file whose header ends there. Errors: `invalid` when the file ends
  /// before the tensors do.
  [[nodiscard]] Expected<std::uint64_t> data_offset(std::uint64_t header_end,
                                                    std::uint64_t file_size) const;

 private:
  [[nodiscard]] Expected<void> place(const Tensor& tensor);

  std::uint64_t alignment_;
  std::uint64_t next_offset_ = 0;  ///< of the next tensor's data
  std::uint64_t data_end_ = 0;     ///< of the last one's, without padding
  bool size_known_ = true;         ///< of the last one
  bool has_data_ = false;
};

/// Gives those of a type that is not known what lies between their beginning and the next one's, or
/// the end of the data, all of which were checked. Pure.
void size_unknown(std::vector<Tensor>& tensors, std::uint64_t data_size);

}  // namespace llf::gguf
