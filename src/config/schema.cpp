#include "config/schema.hpp"

#include "config/declarations.hpp"
#include "config/difference.hpp"
#include "config/values.hpp"

#include <string>
#include <utility>

namespace llf::config {
namespace {

/// {"env": "NAME"} or {"file": "/PATH"}.
json::Object reference_schema() {
  const auto only = [](std::string_view key) {
    return json::Object{{"type", "object"},
                        {"properties", json::Object{{key, json::Object{{"type", "string"}}}}},
                        {"required", json::Array{key}},
                        {"additionalProperties", false}};
  };
  return {{"anyOf", json::Array{only("env"), only("file")}}};
}

json::Object object_schema(json::Object properties, std::string_view help) {
  json::Object schema{{"type", "object"},
                      {"properties", std::move(properties)},
                      {"patternProperties", json::Object{{"^[$_]", true}}},
                      {"additionalProperties", false}};
  if (!help.empty()) schema["description"] = help;
  return schema;
}

json::Object members_schema(Form form) {
  if (form == Form::texts) return {{"type", "string"}};
  const json::Array word{"string", "number"};
  return {{"type", json::Array{"boolean", "string", "number", "array"}},
          {"items", json::Object{{"type", word}}}};
}

template <class Owner>
json::Object value_schema(const Declared<Owner>& one) {
  auto schema = schema_of(one);
  if (has_members(one)) {
    schema["additionalProperties"] = members_schema(one.form);
  } else {
    schema = {
        {"anyOf", json::Array{std::move(schema), json::Object{{"$ref", "#/$defs/reference"}}}}};
  }
  schema["description"] = one.help;
  schema["default"] = value_of(Owner{}, one);
  schema["x-llf-effect"] = to_string(one.effect);
  // They are about what holds for all models.
  if constexpr (std::same_as<Owner, Settings>) {
    if (!one.flag.empty()) schema["x-llf-flag"] = one.flag;
    if (one.variable != nullptr) schema["x-llf-variable"] = one.variable;
  }
  return schema;
}

template <class Owner>
json::Object properties_of() {
  json::Object properties;
  for (const auto& one : declared<Owner>()) {
    if (one.section().empty()) {
      properties[one.key()] = value_schema(one);
      continue;
    }
    auto& section = properties[one.section()];
    if (!section.is_object()) section = object_schema({}, "");
    section.get_object()["properties"].get_object()[one.key()] = value_schema(one);
  }
  return properties;
}

}  // namespace

json::Object settings_schema() {
  auto properties = properties_of<Settings>();
  const Settings none;
  each_named_section(none, [&]<class Member>(const NamedSection& section,
                                             const std::map<std::string, Member, std::less<>>&) {
    auto member = object_schema(properties_of<Member>(), "");
    member["required"] = json::Array{section.needed};
    properties[section.name] = json::Object{{"type", "object"},
                                            {"description", section.help},
                                            {"patternProperties", json::Object{{"^[$_]", true}}},
                                            {"additionalProperties", std::move(member)}};
  });
  auto schema = object_schema(std::move(properties), "settings of llf");
  json::Object whole{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                     {"title", "llf settings"},
                     {"$defs", json::Object{{"reference", reference_schema()}}}};
  for (auto& member : schema) whole[member.key()] = std::move(member.value());
  return whole;
}

}  // namespace llf::config
