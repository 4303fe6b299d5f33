#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace llf::json {

/// One value or border of a JSON text, as `skim` meets it.
struct Token {
  enum class Kind : std::uint8_t {
    object,
    object_end,
    array,
    array_end,
    key,
    string,
    number,
    true_value,
    false_value,
    null_value
  };
  Kind kind = Kind::null_value;
  std::size_t depth = 0;  ///< how many objects and arrays it stands in
  std::string_view text;  ///< of a key or string, unescaped: its first limits::kSkimmedText bytes
  double number = 0;      ///< of a number
};

using OnToken = std::function<void(const Token&)>;

/// Reads a JSON text without making values of it: for large texts of which little matters. The
/// memory that it takes does not grow with the text. Limits and errors as those of json::parse,
/// which alone overlooks a number that is too large where its key is given again.
/// What was told of a text before its error means nothing. Any thread.
[[nodiscard]] Expected<void> skim(std::string_view text, const OnToken& on_token,
                                  const ParseOptions& options = {});

/// Whether `text` is one whole JSON object. Any thread.
[[nodiscard]] bool is_object(std::string_view text);

}  // namespace llf::json
