#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include <span>
#include <string>
#include <string_view>

namespace llf::json {

/// `text`, an object with comments, with the member at `path` set to `value`: all else stays as it
/// was written, comments, order and white space included. Missing objects on the way are added at
/// the end of theirs. An empty text counts as an empty object. Errors: those of parse; `conflict`
/// when something on the way is no object. Any thread.
[[nodiscard]] Expected<std::string> set_member(std::string_view text,
                                               std::span<const std::string_view> path,
                                               const Value& value);

/// `text` without the member at `path`, and as it was when there is none. The comments around it
/// stay. Errors: those of parse. Any thread.
[[nodiscard]] Expected<std::string> remove_member(std::string_view text,
                                                  std::span<const std::string_view> path);

}  // namespace llf::json
