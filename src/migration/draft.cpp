#include "migration/draft.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "config/arguments.hpp"
#include "config/declarations.hpp"
#include "config/settings.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace llf::migration {
namespace {

constexpr std::string_view kComments = "_…";
constexpr std::string_view kArguments = "arguments";

bool has_controls(const json::Value& value) {
  return value.is_string() && std::ranges::any_of(value.get_string(), [](char c) {
           return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
         });
}

/// As config does, but for references: nothing is looked up while a file of others is read.
template <class Owner>
Expected<void> check(std::string_view setting, const json::Value& value) {
  const auto all = config::declared<Owner>();
  const auto found = std::ranges::find(all, setting, &config::Facts::name);
  LLF_ASSERT(found != all.end());
  if (value.is_object()) return failure(ErrorKind::invalid, "an object is not what it takes");
  if (has_controls(value)) return failure(ErrorKind::invalid, "it has control characters");
  Owner scratch;
  return config::set(scratch, *found, value, config::look_up_nothing());
}

Expected<void> check_taking(const Taking& taking) {
  if (!taking.endpoint.empty()) return check<config::Endpoint>(taking.setting, taking.value);
  if (!taking.profile.empty()) return check<config::Profile>(taking.setting, taking.value);
  return check<config::Settings>(taking.setting, taking.value);
}

json::Object& object_in(json::Object& members, std::string_view key) {
  auto& value = members[key];
  if (!value.is_object()) value = json::Object{};
  return value.get_object();
}

std::string whole_name(const Taking& taking) {
  if (!taking.endpoint.empty()) {
    return fmt::format("{}.{}.{}", config::kEndpoints, taking.endpoint, taking.setting);
  }
  if (taking.profile.empty()) return std::string(taking.setting);
  if (taking.setting.empty()) return fmt::format("{}.{}", config::kProfiles, taking.profile);
  return fmt::format("{}.{}.{}", config::kProfiles, taking.profile, taking.setting);
}

}  // namespace

void Draft::skip(std::string_view key, Outcome outcome, std::string_view why) {
  import_.notes.push_back({.key = std::string(cut_utf8(key, limits::kImportedName)),
                           .outcome = outcome,
                           .to = {},
                           .why = std::string(cut_utf8(why, limits::kImportedReason))});
}

void Draft::skip_comment() {
  if (std::exchange(has_comments_, true)) return;
  skip(kComments, Outcome::meaningless, "keys that begin with '_' are comments");
}

Expected<void> Draft::add_profile(std::string_view name, const std::string& model) {
  if (auto checked = check<config::Profile>("model", json::Value(model)); !checked) return checked;
  auto& profiles = object_in(import_.settings, config::kProfiles);
  if (profiles.contains(name)) {
    return failure(ErrorKind::conflict, fmt::format("another server is named '{}'", name));
  }
  profiles[name] = json::Object{{"model", model}};
  return {};
}

void Draft::take(const Taking& taking) {
  const auto checked = check_taking(taking);
  if (!checked) return skip(taking.key, Outcome::refused, checked.error().message);
  auto& members = members_of(taking);
  const auto dot = taking.setting.find('.');
  if (dot == std::string_view::npos) return put(members, taking.setting, taking);
  put(object_in(members, taking.setting.substr(0, dot)), taking.setting.substr(dot + 1), taking);
}

void Draft::take_argument(const Taking& taking) {
  auto checked = config::check_arguments({{taking.setting, taking.value}});
  if (checked && has_controls(taking.value)) {
    checked = failure(ErrorKind::invalid, "it has control characters");
  }
  auto& members = members_of(taking);
  const auto* const known = members.if_contains(kArguments);
  if (checked && known != nullptr && known->get_object().size() == limits::kMostArguments) {
    checked = failure(ErrorKind::invalid,
                      fmt::format("there are more than {} arguments", limits::kMostArguments));
  }
  if (!checked) return skip(taking.key, Outcome::refused, checked.error().message);
  auto inside = taking;
  const auto name = fmt::format("{}.{}", kArguments, taking.setting);
  inside.setting = name;
  put(object_in(members, kArguments), taking.setting, inside);
}

void Draft::mention(const Taking& taking) {
  import_.notes.push_back({.key = std::string(cut_utf8(taking.key, limits::kImportedName)),
                           .outcome = Outcome::taken,
                           .to = whole_name(taking),
                           .why = std::string(taking.why)});
}

Import Draft::finish() && {
  return std::move(import_);
}

json::Object& Draft::members_of(const Taking& taking) {
  if (!taking.endpoint.empty()) {
    return object_in(object_in(import_.settings, config::kEndpoints), taking.endpoint);
  }
  if (taking.profile.empty()) return import_.settings;
  return object_in(object_in(import_.settings, config::kProfiles), taking.profile);
}

void Draft::put(json::Object& members, std::string_view name, const Taking& taking) {
  const auto* const known = members.if_contains(name);
  if (known != nullptr && *known != taking.value) {
    return skip(taking.key, Outcome::refused,
                fmt::format("another key says {} already", whole_name(taking)));
  }
  members[name] = taking.value;
  mention(taking);
}

}  // namespace llf::migration
