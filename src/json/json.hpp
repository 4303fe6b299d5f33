#pragma once

#include "base/expected.hpp"
#include "base/limits.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

/// Bounded, non-throwing JSON. Everything from outside goes through `parse`; values are
/// Boost.JSON's.
namespace llf::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

/// What a text may be.
struct ParseOptions {
  bool comments = false;  ///< allow // and /* */ and trailing commas (files that people edit)
  std::size_t max_depth = limits::kJsonDepth;
};

/// Parses one JSON text (RFC 8259). Errors are `invalid` with line and column ("line 3, column 7:
/// …"), or `too_large` past the limit on bytes or depth. Invalid UTF-8 is `invalid`. Any thread.
[[nodiscard]] Expected<Value> parse(std::string_view text, const ParseOptions& options = {});

/// One line, no spaces. Bytes of strings that are no UTF-8 (of file names, of what engines print)
/// become U+FFFD, so that the text is always valid. Any thread.
[[nodiscard]] std::string write(const Value& value);

/// The same indented by two spaces, ending in a newline, for people. Any thread.
[[nodiscard]] std::string write_pretty(const Value& value);

/// Typed look-ups that never throw: the value when `object` has `key` with that type, else
/// `invalid` naming the key and what was expected ("'port' must be a whole number").
[[nodiscard]] Expected<std::string> get_string(const Object& object, std::string_view key);
[[nodiscard]] Expected<std::int64_t> get_int(const Object& object, std::string_view key);
[[nodiscard]] Expected<bool> get_bool(const Object& object, std::string_view key);

/// The same with a value for an absent (or null) key; a present one of another type is `invalid`.
[[nodiscard]] Expected<std::string> get_string_or(const Object& object, std::string_view key,
                                                  std::string_view otherwise);
[[nodiscard]] Expected<std::int64_t> get_int_or(const Object& object, std::string_view key,
                                                std::int64_t otherwise);
[[nodiscard]] Expected<bool> get_flag(const Object& object, std::string_view key);

/// Whether a key of a file that people edit is their own, which we leave alone: it begins with "$"
/// ("$schema") or "_" ("_comment").
[[nodiscard]] constexpr bool is_own_key(std::string_view key) {
  return key.starts_with('$') || key.starts_with('_');
}

/// `value` as an object, or `invalid`: "WHAT must be a JSON object".
[[nodiscard]] Expected<Object> as_object(const Value& value, std::string_view what);

}  // namespace llf::json
