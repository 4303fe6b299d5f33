#pragma once

#include "base/expected.hpp"
#include "config/settings.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace llf::config {

/// What a change needs to take effect in a daemon that runs.
enum class Effect : std::uint8_t {
  at_once,  ///< nothing
  workers,  ///< the workers that it concerns start anew, after what they are doing
  restart,  ///< `llf server restart`
};

/// What the value of a setting is beyond its type.
enum class Form : std::uint8_t {
  any,
  path,    ///< of a file or folder: absolute in the settings file, which has no folder of its own
  host,    ///< an address of this machine
  secret,  ///< never shown; on no command line
  arguments,  ///< of the engine: names of flags, without dashes, and their values
  texts,      ///< texts by name
  names,      ///< a list of texts
  url,        ///< http or https
};

/// All that is known about a setting but where its value is. Files, variables, flags, errors, help
/// and schema follow it.
struct Facts {
  std::string_view name;  ///< "server.port": section and key; of a profile also a key alone
  std::string_view flag;  ///< of llfd; empty: none
  const char* variable = nullptr;  ///< of the environment; null: none
  std::string_view help;           ///< half a sentence, with the unit
  Effect effect = Effect::at_once;
  Form form = Form::any;
  double least = 0;  ///< of numbers
  double most = 0;   ///< of numbers

  /// Empty when it has none.
  [[nodiscard]] constexpr std::string_view section() const {
    const auto dot = name.find('.');
    return dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
  }
  [[nodiscard]] constexpr std::string_view key() const { return name.substr(name.find('.') + 1); }
};

/// A member of an Owner (Settings, Profile, Endpoint), by its type.
template <class Owner>
using Field =
    std::variant<std::string& (*)(Owner&), std::uint16_t& (*)(Owner&), std::int64_t& (*)(Owner&),
                 std::chrono::seconds& (*)(Owner&), log::Level& (*)(Owner&), bool& (*)(Owner&),
                 std::optional<double>& (*)(Owner&), std::optional<std::int64_t>& (*)(Owner&),
                 std::optional<std::chrono::seconds>& (*)(Owner&), json::Object& (*)(Owner&),
                 json::Array& (*)(Owner&), Dialect& (*)(Owner&)>;

/// One setting of an Owner.
template <class Owner>
struct Declared : Facts {
  Field<Owner> field;
};

using Declaration = Declared<Settings>;

/// Whether the value of a setting is an object whose members are the user's: it has no reference in
/// its place, and each member may be named. Pure.
[[nodiscard]] constexpr bool has_members(const Facts& facts) {
  return facts.form == Form::arguments || facts.form == Form::texts;
}

/// A section whose members have names of the user's.
struct NamedSection {
  std::string_view name;
  std::string_view help;
  std::string_view noun;          ///< of one member, with its article
  std::string_view needed;        ///< the setting without which one is nothing
  std::string_view example;       ///< of a value of that
  std::size_t most = 0;           ///< members
  Effect loss = Effect::at_once;  ///< what it needs that one goes
};

inline constexpr std::string_view kProfiles = "profiles";
inline constexpr std::string_view kEndpoints = "endpoints";
inline constexpr NamedSection kProfileSection{
    .name = kProfiles,
    .help = "models of yours by name: a model with its own prompt, values and arguments",
    .noun = "a profile",
    .needed = "model",
    .example = "llf-nano",
    .most = limits::kMostProfiles,
    .loss = Effect::workers};
inline constexpr NamedSection kEndpointSection{
    .name = kEndpoints,
    .help = "servers elsewhere by name, whose models are used like those here",
    .noun = "an endpoint",
    .needed = "url",
    .example = "http://10.0.0.5:8000/v1",
    .most = limits::kMostEndpoints};

/// Calls `use` with each such section and its members in `settings`.
template <class AnySettings, class Use>
void each_named_section(AnySettings& settings, Use use) {
  use(kProfileSection, settings.profiles);
  use(kEndpointSection, settings.endpoints);
}

/// Every setting but those of named sections, by sections. Any thread.
[[nodiscard]] std::span<const Declaration> declarations();

/// Every setting of a profile, and of an endpoint; those of a section stand together.
[[nodiscard]] std::span<const Declared<Profile>> profile_declarations();
[[nodiscard]] std::span<const Declared<Endpoint>> endpoint_declarations();

/// Any of them.
template <class Owner>
[[nodiscard]] std::span<const Declared<Owner>> declared() {
  if constexpr (std::same_as<Owner, Settings>) {
    return declarations();
  } else if constexpr (std::same_as<Owner, Profile>) {
    return profile_declarations();
  } else {
    return endpoint_declarations();
  }
}

}  // namespace llf::config
