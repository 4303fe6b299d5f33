#include "gateway/tool_support.hpp"

#include "gateway/engine_call.hpp"

namespace llf::gateway {
namespace {

constexpr std::string_view kToolChoice = "tool_choice";

std::optional<bool> flag_in(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}

bool is_empty(const json::Value* value) {
  if (value == nullptr || value->is_null()) return true;
  if (const auto* text = value->if_string()) return text->empty();
  const auto* list = value->if_array();
  return list != nullptr && list->empty();
}

bool is_call(const json::Value& choice) {
  const auto* object = choice.if_object();
  const auto* message = object == nullptr ? nullptr : object->if_contains("message");
  const auto* fields = message == nullptr ? nullptr : message->if_object();
  if (fields == nullptr) return true;
  return !is_empty(fields->if_contains("tool_calls")) || is_empty(fields->if_contains("content"));
}

}  // namespace

std::optional<bool> takes_tools(const json::Object& properties) {
  const auto* abilities = properties.if_contains("chat_template_caps");
  const auto* object = abilities == nullptr ? nullptr : abilities->if_object();
  if (object == nullptr) return std::nullopt;
  const auto tools = flag_in(*object, "supports_tools");
  const auto calls = flag_in(*object, "supports_tool_calls");
  if (!tools && !calls) return std::nullopt;
  return tools.value_or(false) || calls.value_or(false);
}

bool calls_tool(std::string_view answer) {
  const auto value = json::parse(answer);
  const auto* object = value ? value->if_object() : nullptr;
  const auto* choices = object == nullptr ? nullptr : object->if_contains("choices");
  const auto* list = choices == nullptr ? nullptr : choices->if_array();
  if (list == nullptr) return true;
  for (const auto& choice : *list) {
    if (!is_call(choice)) return false;
  }
  return true;
}

Task<std::expected<void, ApiError>> note_tool_support(Order& order, const net::Endpoint& engine) {
  const auto properties = co_await engine_properties(engine);
  const bool is_unable = properties && takes_tools(*properties) == false;
  if (!is_unable) co_return std::expected<void, ApiError>();
  co_return note_ignored(order, kToolChoice);
}

}  // namespace llf::gateway
