#pragma once

#include "base/expected.hpp"
#include "config/declarations.hpp"
#include "config/references.hpp"
#include "json/json.hpp"

#include <string_view>

namespace llf::config {

/// Sets a setting of Settings or a Profile from a value of the settings file, which may also be a
/// reference to a value (references.hpp). Errors: `invalid`, saying what is accepted (`owner` is as
/// before then); those of references.
template <class Owner>
[[nodiscard]] Expected<void> set(Owner& owner, const Declared<Owner>& declared,
                                 const json::Value& value, const LookUp& look_up);

/// The same from a word of a command line or the environment.
template <class Owner>
[[nodiscard]] Expected<void> set_word(Owner& owner, const Declared<Owner>& declared,
                                      std::string_view word);

/// Its value, as the settings file has it.
template <class Owner>
[[nodiscard]] json::Value value_of(const Owner& owner, const Declared<Owner>& declared);

/// The same for people and programs: of a secret that is not empty, "***"; of what stands
/// elsewhere, the reference.
template <class Owner>
[[nodiscard]] json::Value shown_value(const Owner& owner, const Declared<Owner>& declared);

/// A word as the settings file has it for this setting, if it could be right: a number, true, an
/// object, else a text. Pure.
template <class Owner>
[[nodiscard]] json::Value value_of_word(const Declared<Owner>& declared, std::string_view word);

/// The JSON schema of a value: {"type": …}. Pure.
template <class Owner>
[[nodiscard]] json::Object schema_of(const Declared<Owner>& declared);

}  // namespace llf::config
