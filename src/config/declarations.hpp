#pragma once

#include "base/expected.hpp"
#include "config/settings.hpp"
#include "json/json.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace llf::config {

/// A member of Settings, by its type.
using Field = std::variant<std::string& (*)(Settings&), std::uint16_t& (*)(Settings&),
                           std::int64_t& (*)(Settings&), std::chrono::seconds& (*)(Settings&),
                           log::Level& (*)(Settings&)>;

/// One setting: all that is known about it. Files, variables, flags, errors and help follow it.
struct Declaration {
  std::string_view name;  ///< "server.port": section and key of the settings file
  std::string_view flag;  ///< of llfd
  const char* variable;   ///< of the environment
  std::string_view help;  ///< half a sentence, with the unit
  Field field;
  std::int64_t least = 0;  ///< of numbers
  std::int64_t most = 0;   ///< of numbers
  enum class Text : std::uint8_t {
    any,
    path  ///< of a file or folder: absolute in the settings file, which has no folder it is seen
          ///< from
  } text = Text::any;

  [[nodiscard]] std::string_view section() const { return name.substr(0, name.find('.')); }
  [[nodiscard]] std::string_view key() const { return name.substr(name.find('.') + 1); }
};

/// Every setting, by sections. Any thread.
[[nodiscard]] std::span<const Declaration> declarations();

/// The setting of that name. Errors: `not_found`, with the nearest names.
[[nodiscard]] Expected<const Declaration*> find_declaration(std::string_view name);

/// Sets it from a word of a command line or the environment. Errors: `invalid`, saying what is
/// accepted; `settings` is as before then.
[[nodiscard]] Expected<void> set(Settings& settings, const Declaration& declaration,
                                 std::string_view word);

/// The same from a value of the settings file.
[[nodiscard]] Expected<void> set(Settings& settings, const Declaration& declaration,
                                 const json::Value& value);

/// Its value in `settings`, as the settings file has it.
[[nodiscard]] json::Value value_of(const Settings& settings, const Declaration& declaration);

}  // namespace llf::config
