#include "cli/json_view.hpp"

#include "base/byte_size.hpp"
#include "text/safe_text.hpp"

#include <algorithm>

namespace llf::cli {

Expected<json::Object> object_of(const Expected<json::Value>& answer) {
  if (!answer) return failure(answer.error());
  auto object = json::as_object(*answer, "an answer of llfd");
  if (!object) return failure(ErrorKind::upstream, object.error().message);
  return object;
}

std::string text_in(const json::Object& object, std::string_view key) {
  return text::safe_line(json::get_string_or(object, key, "").value_or(""));
}

std::int64_t number_in(const json::Object& object, std::string_view key) {
  return std::max<std::int64_t>(json::get_int_or(object, key, 0).value_or(0), 0);
}

json::Object object_in(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_object() ? value->get_object() : json::Object();
}

json::Array list_in(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : json::Array();
}

std::string bytes_text(std::int64_t bytes) {
  return to_string(ByteSize(static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0))));
}

}  // namespace llf::cli
