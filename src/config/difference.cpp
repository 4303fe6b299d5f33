#include "config/difference.hpp"

#include "config/values.hpp"

#include <fmt/format.h>

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

void compare_profiles(const Profiles& from, const Profiles& to, std::vector<Change>& changes) {
  std::set<std::string_view> names;
  for (const auto& [name, profile] : from) names.insert(name);
  for (const auto& [name, profile] : to) names.insert(name);
  for (const auto name : names) {
    const auto old = from.find(name);
    const auto now = to.find(name);
    if (old != from.end() && now != to.end()) {
      compare(old->second, now->second, fmt::format("{}.{}.", kProfiles, name), changes);
      continue;
    }
    const auto model = [](const auto& at, const Profiles& in) {
      return at == in.end() ? json::Value(nullptr) : json::Value(at->second.model);
    };
    changes.push_back({.name = fmt::format("{}.{}", kProfiles, name),
                       .from = model(old, from),
                       .to = model(now, to),
                       .effect = old == from.end() ? Effect::at_once : Effect::workers});
  }
}

}  // namespace

std::vector<Change> difference(const Settings& from, const Settings& to) {
  std::vector<Change> changes;
  compare(from, to, "", changes);
  compare_profiles(from.profiles, to.profiles, changes);
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
