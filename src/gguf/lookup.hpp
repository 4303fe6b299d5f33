#pragma once

#include "gguf/header.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace llf::gguf {

/// Looks metadata values up, those of the architecture by their own names. A key of a wrong type is
/// absent. The header outlives it.
class Lookup {
 public:
  explicit Lookup(const Header& header)
      : header_(header), architecture_(text("general.architecture")) {}

  [[nodiscard]] const std::string& architecture() const { return architecture_; }

  [[nodiscard]] std::string text(std::string_view key) const {
    const auto* scalar = find<Scalar>(key);
    const auto* text = scalar == nullptr ? nullptr : std::get_if<std::string>(scalar);
    return text == nullptr ? std::string() : *text;
  }

  [[nodiscard]] std::uint64_t number(std::string_view key) const {
    const auto* scalar = find<Scalar>(key);
    return scalar == nullptr ? 0 : as_number(*scalar);
  }

  [[nodiscard]] bool flag(std::string_view key) const {
    const auto* scalar = find<Scalar>(key);
    const auto* value = scalar == nullptr ? nullptr : std::get_if<bool>(scalar);
    return value != nullptr && *value;
  }

  [[nodiscard]] std::uint64_t length(std::string_view key) const {
    const auto* list = find<List>(key);
    return list == nullptr ? 0 : list->count;
  }

  /// What is kept of a list. Empty when there is none.
  [[nodiscard]] std::vector<std::uint64_t> numbers(std::string_view key) const {
    const auto* list = find<List>(key);
    return list == nullptr ? std::vector<std::uint64_t>() : list->numbers;
  }

  /// Of "attention.head_count": the architecture's "llama.attention.head_count".
  [[nodiscard]] std::uint64_t own(std::string_view name) const { return number(own_key(name)); }

  /// One number for each layer: a list, or one number for all; empty when it is not there.
  [[nodiscard]] std::vector<std::uint64_t> each_layer(std::string_view name,
                                                      std::uint64_t layers) const {
    const auto key = own_key(name);
    if (const auto* list = find<List>(key); list != nullptr && list->numbers.size() == layers) {
      return list->numbers;
    }
    if (find<Scalar>(key) == nullptr) return {};
    return std::vector<std::uint64_t>(layers, number(key));
  }

  [[nodiscard]] std::string own_key(std::string_view name) const {
    return fmt::format("{}.{}", architecture_, name);
  }

 private:
  template <class T>
  [[nodiscard]] const T* find(std::string_view key) const {
    const auto found = header_.values.find(key);
    return found == header_.values.end() ? nullptr : std::get_if<T>(&found->second);
  }

  /// 0 for what is no whole number, or negative.
  static std::uint64_t as_number(const Scalar& scalar) {
    if (const auto* number = std::get_if<std::uint64_t>(&scalar)) return *number;
    const auto* number = std::get_if<std::int64_t>(&scalar);
    return number == nullptr || *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
  }

  const Header& header_;
  std::string architecture_;
};

}  // namespace llf::gguf
