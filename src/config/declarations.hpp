#pragma once

#include "base/expected.hpp"
#include "config/settings.hpp"

#include <concepts>
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

/// A member of an Owner (Settings, Profile), by its type.
template <class Owner>
using Field =
    std::variant<std::string& (*)(Owner&), std::uint16_t& (*)(Owner&), std::int64_t& (*)(Owner&),
                 std::chrono::seconds& (*)(Owner&), log::Level& (*)(Owner&), bool& (*)(Owner&),
                 std::optional<double>& (*)(Owner&), std::optional<std::int64_t>& (*)(Owner&),
                 std::optional<std::chrono::seconds>& (*)(Owner&), json::Object& (*)(Owner&)>;

/// One setting of an Owner.
template <class Owner>
struct Declared : Facts {
  Field<Owner> field;
};

using Declaration = Declared<Settings>;

/// The section whose members are the user's: a profile each.
inline constexpr std::string_view kProfiles = "profiles";
inline constexpr std::string_view kProfilesHelp =
    "models of yours by name: a model with its own prompt, values and arguments";

/// Every setting but the profiles, by sections. Any thread.
[[nodiscard]] std::span<const Declaration> declarations();

/// Every setting of a profile; those of a section stand together.
[[nodiscard]] std::span<const Declared<Profile>> profile_declarations();

/// Either of them.
template <class Owner>
[[nodiscard]] std::span<const Declared<Owner>> declared() {
  if constexpr (std::same_as<Owner, Settings>) {
    return declarations();
  } else {
    return profile_declarations();
  }
}

}  // namespace llf::config
