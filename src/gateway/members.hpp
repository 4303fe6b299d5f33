#pragma once

#include "json/json.hpp"
#include "json/locate.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::gateway {

/// A member of a body; null where there is none.
[[nodiscard]] inline json::Value value_of(std::string_view body, std::string_view name) {
  const auto member = json::locate_plain(body, std::array{name});
  if (!member) return nullptr;
  auto value = json::parse(body.substr(member->value, member->end - member->value));
  return value ? *std::move(value) : json::Value();
}

/// Removes a member; the others keep their order.
inline void remove_member(json::Object& object, std::string_view key) {
  if (auto* const at = object.find(key); at != object.end()) object.stable_erase(at);
}

/// Adds a name that is not among them, of so many at most.
inline void add_once(std::vector<std::string>& names, std::string name, std::size_t most) {
  for (const auto& one : names) {
    if (one == name) return;
  }
  if (names.size() < most) names.push_back(std::move(name));
}

}  // namespace llf::gateway
