#pragma once

#include "gguf/types.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llf::gguf {

/// Writes GGUF files byte by byte, right ones and wrong ones.
class TestFile {
 public:
  template <class T>
  TestFile& put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
    return *this;
  }
  TestFile& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  TestFile& text(std::string_view text) { return put(std::uint64_t{text.size()}).raw(text); }
  TestFile& head(std::uint64_t tensors, std::uint64_t values, std::uint32_t version = 3) {
    return raw("GGUF").put(version).put(tensors).put(values);
  }
  TestFile& key(std::string_view name, ValueType type) {
    return text(name).put(static_cast<std::uint32_t>(type));
  }
  TestFile& pair(std::string_view name, std::string_view value) {
    return key(name, ValueType::string).text(value);
  }
  TestFile& pair(std::string_view name, std::uint32_t value) {
    return key(name, ValueType::uint32).put(value);
  }
  TestFile& list(std::string_view name, ValueType type, std::uint64_t count) {
    return key(name, ValueType::array).put(static_cast<std::uint32_t>(type)).put(count);
  }
  TestFile& tensor(std::string_view name, const std::vector<std::uint64_t>& shape,
                   std::uint32_t type, std::uint64_t offset) {
    text(name).put(static_cast<std::uint32_t>(shape.size()));
    for (const auto length : shape) put(length);
    return put(type).put(offset);
  }
  /// Zeros up to a multiple of `alignment`, and then so many.
  TestFile& data(std::size_t count, std::size_t alignment = 32) {
    bytes_.append((alignment - bytes_.size() % alignment) % alignment, '\0');
    bytes_.append(count, '\0');
    return *this;
  }
  /// Without the last bytes.
  TestFile& cut(std::size_t count) {
    bytes_.resize(bytes_.size() - count);
    return *this;
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

inline constexpr std::uint32_t kF32 = 0;
inline constexpr std::uint32_t kQ4K = 12;

/// A small model, right in every way.
inline TestFile small_model() {
  TestFile file;
  file.head(2, 4)
      .pair("general.architecture", "llama")
      .pair("llama.context_length", 4096)
      .list("tokenizer.ggml.tokens", ValueType::string, 2)
      .text("a")
      .text("b")
      .pair("own.key", "x")
      .tensor("token_embd.weight", {256, 2}, kQ4K, 0)
      .tensor("output_norm.weight", {4}, kF32, 288)
      .data(288 + 16);
  return file;
}

}  // namespace llf::gguf
