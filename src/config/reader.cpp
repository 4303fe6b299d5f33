#include "config/reader.hpp"

#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "config/declarations.hpp"
#include "config/values.hpp"
#include "json/json.hpp"
#include "json/locate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace llf::config {
namespace {

using Path = std::vector<std::string_view>;

Path operator/(Path path, std::string_view key) {
  path.push_back(key);
  return path;
}

/// As an error names it: a key that is far too long to be one is left out.
std::string shown(const Path& path) {
  auto keys = path;
  for (auto& key : keys) {
    if (key.size() > limits::kProfileName) key = "…";
  }
  return fmt::format("{}", fmt::join(keys, "."));
}

/// The names that may stand in an object: sections and keys, or what a section has.
template <class Owner>
std::vector<std::string> names_in(std::string_view section) {
  std::vector<std::string> names;
  for (const auto& one : declared<Owner>()) {
    if (one.section() == section) names.emplace_back(one.key());
    if (section.empty() && !one.section().empty()) names.emplace_back(one.section());
  }
  if (section.empty() && std::same_as<Owner, Settings>) {
    names.emplace_back(kProfiles);
    names.emplace_back(kEndpoints);
  }
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

/// What whoever wrote `key` into `section` may have meant, as the end of an error.
template <class Owner>
std::string meant(std::string_view section, std::string_view key) {
  const auto elsewhere = std::ranges::find(declared<Owner>(), key, &Facts::key);
  if (!section.empty() && elsewhere != declared<Owner>().end()) {
    return fmt::format(" Did you mean '{}'?", elsewhere->name);
  }
  return did_you_mean(key, names_in<Owner>(section));
}

/// Reads one text.
class Reader {
 public:
  Reader(std::string_view text, const LookUp& look_up) : text_(text), look_up_(look_up) {}

  Expected<void> read(const json::Object& root, ReadSettings& into) {
    return read_object(into.settings, root, {}, into);
  }

 private:
  /// Settings, or a member of a named section at `path`.
  template <class Owner>
  Expected<void> read_object(Owner& owner, const json::Object& members, const Path& path,
                             ReadSettings& into) {
    for (const auto& [key, value] : members) {
      if (json::is_own_key(key)) continue;
      auto done = read_member(owner, {.path = path / key, .section = "", .value = value}, into);
      if (!done) return done;
    }
    return {};
  }

  struct Member {
    Path path;
    std::string_view section;
    const json::Value& value;

    [[nodiscard]] std::string_view key() const { return path.back(); }
  };

  template <class Owner>
  Expected<void> read_member(Owner& owner, const Member& member, ReadSettings& into) {
    const auto all = declared<Owner>();
    const auto found = std::ranges::find_if(all, [&](const Facts& facts) {
      return facts.section() == member.section && facts.key() == member.key();
    });
    if (found != all.end()) {
      auto done = set(owner, *found, member.value, look_up_);
      if (!done) return wrong(member.path, done.error());
      if constexpr (std::same_as<Owner, Settings>) into.named.push_back(found->name);
      return {};
    }
    if constexpr (std::same_as<Owner, Settings>) {
      if (member.path.size() == 1 && member.key() == kProfiles) {
        return read_named(kProfileSection, into.settings.profiles, member, into);
      }
      if (member.path.size() == 1 && member.key() == kEndpoints) {
        return read_named(kEndpointSection, into.settings.endpoints, member, into);
      }
    }
    const bool is_section = member.section.empty() &&
                            std::ranges::find(all, member.key(), &Facts::section) != all.end();
    if (!is_section) return unknown(member.path, meant<Owner>(member.section, member.key()));
    if (!member.value.is_object()) return no_object(member.path);
    for (const auto& [key, value] : member.value.get_object()) {
      if (json::is_own_key(key)) continue;
      auto done = read_member(
          owner, {.path = member.path / key, .section = member.key(), .value = value}, into);
      if (!done) return done;
    }
    return {};
  }

  template <class Owner>
  Expected<void> read_named(const NamedSection& section,
                            std::map<std::string, Owner, std::less<>>& target, const Member& member,
                            ReadSettings& into) {
    if (!member.value.is_object()) return no_object(member.path);
    std::map<std::string, Owner, std::less<>> all;
    for (const auto& [name, value] : member.value.get_object()) {
      if (json::is_own_key(name)) continue;
      const auto path = member.path / name;
      if (!is_profile_name(name)) {
        return wrong_key(path, {.kind = ErrorKind::invalid,
                                .message = fmt::format("the name of {} has 1 to {} bytes, no "
                                                       "white space and no '/'",
                                                       section.noun, limits::kProfileName)});
      }
      if (!value.is_object()) return no_object(path);
      Owner owner;
      auto done = read_object(owner, value.get_object(), path, into);
      if (!done) return done;
      const auto needed = std::ranges::find(declared<Owner>(), section.needed, &Facts::name);
      const bool is_empty = value_of(owner, *needed) == json::Value("");
      if (is_empty && !owner.references.contains(section.needed)) {
        return wrong(path, {.kind = ErrorKind::invalid,
                            .message = fmt::format(R"(it needs a {0}: "{0}": "{1}")",
                                                   section.needed, section.example)});
      }
      all.insert_or_assign(std::string(name), std::move(owner));
    }
    if (all.size() > section.most) {
      return wrong(member.path, {.kind = ErrorKind::invalid,
                                 .message = fmt::format("more than {} of them", section.most)});
    }
    target = std::move(all);
    into.named.push_back(section.name);
    return {};
  }

  /// Where the value at `path` begins, or its key.
  [[nodiscard]] std::string place(const Path& path, std::size_t json::Member::* part) const {
    const auto member = json::locate(text_, path);
    return json::position(text_, member ? (*member).*part : 0);
  }

  [[nodiscard]] std::unexpected<Error> wrong(const Path& path, const Error& error) const {
    return failure(
        error.with_context(fmt::format("{}: {}", place(path, &json::Member::value), shown(path))));
  }

  [[nodiscard]] std::unexpected<Error> wrong_key(const Path& path, const Error& error) const {
    return failure(
        error.with_context(fmt::format("{}: {}", place(path, &json::Member::key), shown(path))));
  }

  [[nodiscard]] std::unexpected<Error> no_object(const Path& path) const {
    return wrong(path, {.kind = ErrorKind::invalid, .message = "is not an object of settings"});
  }

  [[nodiscard]] std::unexpected<Error> unknown(const Path& path,
                                               std::string_view suggestion) const {
    return failure(ErrorKind::invalid,
                   fmt::format("{}: there is no setting '{}'.{}", place(path, &json::Member::key),
                               shown(path), suggestion));
  }

  std::string_view text_;
  const LookUp& look_up_;
};

}  // namespace

bool is_profile_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::kProfileName &&
         std::ranges::all_of(name, may_be_in_profile_name);
}

bool may_be_in_profile_name(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != '/' && c != '\x7f';
}

Expected<ReadSettings> read_settings(std::string_view text, Settings settings,
                                     const LookUp& look_up) {
  const auto root = json::parse(text, {.comments = true});
  if (!root) return failure(root.error());
  if (!root->is_object()) {
    return failure(ErrorKind::invalid,
                   R"(it must be an object of sections, such as {"server": {"port": 8000}})");
  }
  ReadSettings read{.settings = std::move(settings), .named = {}};
  if (auto done = Reader(text, look_up).read(root->get_object(), read); !done) {
    return failure(done.error());
  }
  return read;
}

}  // namespace llf::config
