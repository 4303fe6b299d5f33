#include "config/place.hpp"

#include "base/nearest.hpp"
#include "config/references.hpp"
#include "config/values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <utility>

namespace llf::config {
namespace {

/// `name` cut at its first dot.
std::pair<std::string_view, std::string_view> cut(std::string_view name) {
  const auto dot = name.find('.');
  if (dot == std::string_view::npos) return {name, {}};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

/// The setting of an Owner that `name` is, or is a member of.
template <class Owner>
const Declared<Owner>* find(std::string_view name) {
  for (const auto& one : declared<Owner>()) {
    if (one.name == name) return &one;
    const bool is_member = name.starts_with(one.name) && name.size() > one.name.size() + 1 &&
                           name[one.name.size()] == '.';
    if (is_member && has_members(one)) return &one;
  }
  return nullptr;
}

/// Appends the steps of `name`, which is a setting of that name or a member of it.
void lead_to(Place& place, const Facts& facts, std::string_view name) {
  place.facts = &facts;
  if (!facts.section().empty()) place.path.emplace_back(facts.section());
  place.path.emplace_back(facts.key());
  place.is_member = name.size() > facts.name.size();
  if (place.is_member) place.path.emplace_back(name.substr(facts.name.size() + 1));
}

/// A word for an argument of an engine, whose type is not known: JSON if it is any, else a text.
/// Errors: `invalid` for what begins as a list or an object and is none.
Expected<json::Value> free_value_of_word(std::string_view word) {
  auto value = json::parse(word);
  if (value) return value;
  if (word.starts_with('[') || word.starts_with('{')) {
    return failure(value.error().with_context("it begins as JSON"));
  }
  return json::Value(word);
}

/// `name` is what stands behind `prefix` in the whole name.
template <class Owner>
std::unexpected<Error> unknown(std::string_view name, std::string_view prefix) {
  std::vector<std::string> names;
  for (const auto& one : declared<Owner>()) names.emplace_back(one.name);
  std::vector<std::string> near;
  for (const auto& found : nearest(name, names)) near.push_back(fmt::format("{}{}", prefix, found));
  const auto whole = fmt::format("{}{}", prefix, name);
  const auto same_key = std::ranges::find(declared<Owner>(), name, &Facts::key);
  const auto suggestion = same_key == declared<Owner>().end()
                              ? did_you_mean(whole, near)
                              : fmt::format(" Did you mean '{}{}'?", prefix, same_key->name);
  return failure(ErrorKind::not_found,
                 fmt::format("there is no setting '{}'.{}", whole, suggestion));
}

/// A setting of a member of a named section, or the member.
template <class Owner>
Expected<Place> find_named(const NamedSection& section, std::string_view rest,
                           std::string_view whole) {
  if (rest.empty()) {
    return failure(ErrorKind::not_found,
                   fmt::format("which {}? '{}' names none",
                               section.noun.substr(section.noun.find(' ') + 1), whole));
  }
  Place place{.path = {std::string(section.name)}};
  // A name may have dots: the setting is what stands behind them.
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos;
       dot = rest.find('.', dot + 1)) {
    const auto* const found = find<Owner>(rest.substr(dot + 1));
    if (found == nullptr) continue;
    place.path.emplace_back(rest.substr(0, dot));
    lead_to(place, *found, rest.substr(dot + 1));
    return place;
  }
  const auto [name, member] = cut(rest);
  // "qwen2.5" is a name; "fast.contxt" is a name and a wrong setting.
  const bool looks_like_setting = std::ranges::any_of(declared<Owner>(), [&](const Facts& facts) {
    return !member.empty() && !did_you_mean(member, std::vector{std::string(facts.name)}).empty();
  });
  if (looks_like_setting) {
    return unknown<Owner>(member, whole.substr(0, whole.size() - member.size()));
  }
  place.path.emplace_back(rest);
  return place;
}

/// The word for a whole setting, if it is right.
template <class Owner>
Expected<json::Value> checked(const Declared<Owner>& declared, std::string_view word) {
  Owner scratch;
  auto done = set_word(scratch, declared, word);
  auto value = value_of_word(declared, word);
  // What the command line may leave open, the file may not.
  if (done) done = set(scratch, declared, value, look_up_nothing());
  if (!done) return failure(done.error());
  return value;
}

/// The word for the setting at `place`, if it is right.
Expected<json::Value> checked_word(const Place& place, std::string_view word) {
  if (place.path.front() == kProfiles) return checked(*find<Profile>(place.facts->name), word);
  if (place.path.front() == kEndpoints) return checked(*find<Endpoint>(place.facts->name), word);
  return checked(*find<Settings>(place.facts->name), word);
}

/// A member of a named section, without what it does not say.
template <class Owner>
json::Object member_as_file(const Owner& owner) {
  const Owner nothing;
  json::Object members;
  for (const auto& one : declared<Owner>()) {
    const auto value = shown_value(owner, one);
    if (value == value_of(nothing, one)) continue;
    if (one.section().empty()) {
      members[one.key()] = value;
      continue;
    }
    auto& section = members[one.section()];
    if (!section.is_object()) section = json::Object{};
    section.get_object()[one.key()] = value;
  }
  return members;
}

}  // namespace

Expected<Place> find_place(std::string_view name) {
  const auto [first, rest] = cut(name);
  if (name == kProfiles || name == kEndpoints) return Place{.path = {std::string(name)}};
  if (first == kProfiles) return find_named<Profile>(kProfileSection, rest, name);
  if (first == kEndpoints) return find_named<Endpoint>(kEndpointSection, rest, name);
  const auto* const found = find<Settings>(name);
  if (found == nullptr) return unknown<Settings>(name, "");
  Place place;
  lead_to(place, *found, name);
  return place;
}

Expected<json::Value> value_for(const Place& place, std::string_view word) {
  if (place.facts == nullptr) {
    auto value = json::parse(word);
    if (value && value->is_object()) return *std::move(value);
    const auto& section = place.path.front() == kEndpoints ? kEndpointSection : kProfileSection;
    return failure(
        ErrorKind::invalid,
        fmt::format("{0} takes an object of settings, such as '{{\"{1}\": \"{2}\"}}', or "
                    "name one of its settings: {0}.{1}",
                    fmt::join(place.path, "."), section.needed, section.example));
  }
  auto value = free_value_of_word(word);
  const bool may_be_elsewhere = !has_members(*place.facts);
  if (value && may_be_elsewhere && is_reference(*value)) {
    if (auto read = read_reference(*value); !read) return failure(read.error());
    return value;
  }
  if (place.facts->form == Form::secret && !word.empty()) {
    return failure(
        ErrorKind::invalid,
        fmt::format("a secret belongs on no command line, where others can see it: name a variable "
                    R"(or a file that holds it, '{{"env": "NAME"}}' or '{{"file": "/PATH"}}')"));
  }
  if (place.is_member) {
    return place.facts->form == Form::texts ? json::Value(word) : std::move(value);
  }
  auto checked_value = checked_word(place, word);
  if (!checked_value) {
    return failure(
        checked_value.error().with_context(fmt::format("{}", fmt::join(place.path, "."))));
  }
  return checked_value;
}

json::Object as_file(const Settings& settings) {
  json::Object sections;
  for (const auto& one : declarations()) {
    auto& section = sections[one.section()];
    if (!section.is_object()) section = json::Object{};
    section.get_object()[one.key()] = shown_value(settings, one);
  }
  each_named_section(settings, [&](const NamedSection& section, const auto& all) {
    json::Object members;
    for (const auto& [name, member] : all) members[name] = member_as_file(member);
    sections[section.name] = std::move(members);
  });
  return sections;
}

Expected<json::Value> value_at(const Settings& settings, const Place& place) {
  json::Value here = as_file(settings);
  for (const auto& step : place.path) {
    const auto* next = here.is_object() ? here.get_object().if_contains(step) : nullptr;
    if (next == nullptr) {
      return failure(ErrorKind::not_found,
                     fmt::format("{} is not set", fmt::join(place.path, ".")));
    }
    json::Value value = *next;
    here = std::move(value);
  }
  return here;
}

}  // namespace llf::config
