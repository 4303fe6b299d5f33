#include "config/difference.hpp"

#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace llf::config {
namespace {

/// The members of an Owner that differ, with `prefix` before their names.
template <class Owner>
void compare(const Owner& from, const Owner& to, std::string_view prefix,
             std::vector<Change>& changes) {
  for (const auto& one : declared<Owner>()) {
    if (value_of(from, one) == value_of(to, one) &&
        shown_value(from, one) == shown_value(to, one)) {
      continue;
    }
    changes.push_back({.name = fmt::format("{}{}", prefix, one.name),
                       .from = shown_value(from, one),
                       .to = shown_value(to, one),
                       .effect = one.effect});
  }
}

/// Of a member that is new or gone what it is mainly: a profile's model.
template <class Member>
json::Value main_value(const std::map<std::string, Member, std::less<>>& in, std::string_view name,
                       const NamedSection& section) {
  const auto at = in.find(name);
  if (at == in.end()) return nullptr;
  const auto main = std::ranges::find(declared<Member>(), section.needed, &Facts::name);
  return shown_value(at->second, *main);
}

template <class Member>
void compare_named(const NamedSection& section,
                   const std::map<std::string, Member, std::less<>>& from,
                   const std::map<std::string, Member, std::less<>>& to,
                   std::vector<Change>& changes) {
  std::set<std::string_view> names;
  for (const auto& [name, member] : from) names.insert(name);
  for (const auto& [name, member] : to) names.insert(name);
  for (const auto name : names) {
    const auto old = from.find(name);
    const auto now = to.find(name);
    const auto whole = fmt::format("{}.{}", section.name, name);
    if (old != from.end() && now != to.end()) {
      compare(old->second, now->second, whole + ".", changes);
      continue;
    }
    changes.push_back({.name = whole,
                       .from = main_value(from, name, section),
                       .to = main_value(to, name, section),
                       .effect = old == from.end() ? Effect::at_once : section.loss});
  }
}

}  // namespace

std::vector<Change> difference(const Settings& from, const Settings& to) {
  std::vector<Change> changes;
  compare(from, to, "", changes);
  compare_named(kProfileSection, from.profiles, to.profiles, changes);
  compare_named(kEndpointSection, from.endpoints, to.endpoints, changes);
  return changes;
}

std::string_view to_string(Effect effect) {
  constexpr std::array<std::string_view, 3> kNames{"at_once", "workers", "restart"};
  return kNames.at(static_cast<std::size_t>(effect));
}

json::Object as_json(const Change& change) {
  return {{"name", change.name},
          {"from", change.from},
          {"to", change.to},
          {"effect", to_string(change.effect)}};
}

}  // namespace llf::config
