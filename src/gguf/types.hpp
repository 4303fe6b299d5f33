#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// GGUF, the file format of models (the GGUF specification of the ggml project).
namespace llf::gguf {

/// Types of metadata values, with the numbers of the file format.
enum class ValueType : std::uint32_t {
  uint8,
  int8,
  uint16,
  int16,
  uint32,
  int32,
  float32,
  boolean,
  string,
  array,
  uint64,
  int64,
  float64,
};

/// The type with this number; nothing when there is none.
[[nodiscard]] std::optional<ValueType> value_type(std::uint32_t number);

/// "uint32", "string" …
[[nodiscard]] std::string_view to_string(ValueType type);

/// Bytes of one value; 0 for strings and arrays.
[[nodiscard]] std::size_t size_of(ValueType type);

/// How the numbers of a tensor are stored: in blocks of so many, each of so many bytes.
struct TensorType {
  std::string_view name;    ///< "Q4_K"
  std::uint64_t block = 0;  ///< numbers in a block; 0: no engine can load this type any more
  std::uint64_t block_bytes = 0;
};

/// The type of tensors with this number; nothing for one that is newer than this table.
[[nodiscard]] std::optional<TensorType> tensor_type(std::uint32_t number);

/// The quantisation that `general.file_type` stands for: "Q4_K_M"; empty for a number that is not
/// in the table.
[[nodiscard]] std::string_view file_type_name(std::uint64_t number);

}  // namespace llf::gguf
