#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace llf::cli {

/// What stands in an answer of llfd, for people: nothing where it is absent, null or of another
/// type. All pure.

/// The whole answer. Errors: those of asking; `upstream` for what is no object.
[[nodiscard]] Expected<json::Object> object_of(const Expected<json::Value>& answer);

/// Safe for a terminal, on one line.
[[nodiscard]] std::string text_in(const json::Object& object, std::string_view key);

/// 0 where there is none; never negative.
[[nodiscard]] std::int64_t number_in(const json::Object& object, std::string_view key);

[[nodiscard]] json::Object object_in(const json::Object& object, std::string_view key);

[[nodiscard]] json::Array list_in(const json::Object& object, std::string_view key);

/// "2.5 GB".
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

}  // namespace llf::cli
