#include "gateway/tool_check.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <utility>

namespace llf::gateway {
namespace {

const json::Object* object_at(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

/// Of {"type":"function","function":{"name"}}; empty: there is none.
std::string_view name_of(const json::Object& tool) {
  const auto* function = object_at(tool, "function");
  const auto* name = function == nullptr ? nullptr : function->if_contains("name");
  return name != nullptr && name->is_string() ? std::string_view(name->get_string()) : "";
}

/// What one lacks; empty: nothing.
std::string_view wrong_with(const json::Value& tool) {
  const auto* object = tool.if_object();
  if (object == nullptr) return " must be an object with 'type' and 'function'";
  const auto* type = object->if_contains("type");
  if (type == nullptr || !type->is_string()) return ".type must be a string: \"function\"";
  if (type->get_string() != "function") return {};
  if (name_of(*object).empty()) return ".function must be an object with a 'name', a string";
  const auto* parameters = object_at(*object, "function")->if_contains("parameters");
  const bool is_schema = parameters == nullptr || parameters->is_object() || parameters->is_null();
  return is_schema ? "" : ".function.parameters must be a JSON schema, an object";
}

}  // namespace

Expected<void> check_tools(const json::Value& tools) {
  const auto* list = tools.if_array();
  if (list == nullptr) return {};
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (const auto wrong = wrong_with((*list)[i]); !wrong.empty()) {
      return failure(ErrorKind::invalid, fmt::format("tools[{}]{}", i, wrong));
    }
  }
  return {};
}

Expected<json::Object> tools_for_engine(const json::Value& tools, const json::Value& choice) {
  const auto* chosen = choice.if_object();
  const auto wanted = chosen == nullptr ? std::string_view() : name_of(*chosen);
  if (wanted.empty()) return json::Object();
  if (const auto* list = tools.if_array()) {
    for (const auto& tool : *list) {
      const auto* object = tool.if_object();
      if (object == nullptr || name_of(*object) != wanted) continue;
      json::Array one;
      one.push_back(tool);
      return json::Object{{"tools", std::move(one)}, {"tool_choice", "required"}};
    }
  }
  constexpr std::size_t kShown = 64;
  return failure(ErrorKind::invalid, fmt::format("'tool_choice' names '{}', which is none of "
                                                 "'tools'",
                                                 cut_utf8(wanted, kShown)));
}

}  // namespace llf::gateway
