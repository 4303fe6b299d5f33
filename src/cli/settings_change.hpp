#pragma once

#include "base/expected.hpp"
#include "cli/context.hpp"
#include "config/place.hpp"
#include "config/save.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace llf::cli {

/// A change of the settings file, as a daemon that runs sees it: made before the file is changed,
/// since the daemon may be the first to see the new one.
class SettingsChange {
 public:
  explicit SettingsChange(Context& context);

  /// Has the daemon take the file over at once, and says on stderr what that did. Returns the exit
  /// code of a command that changed the file.
  [[nodiscard]] Expected<int> take_effect() const;

 private:
  Context& context_;
  std::optional<std::int64_t> before_;  ///< what the daemon had taken over; nothing: none runs
};

/// The settings file for changes: what it would be is checked by the daemon if one runs, whose
/// variables count, else here, without variables: they are those of a daemon to come.
[[nodiscard]] config::SettingsFile settings_file(Context& context);

/// What the daemon that runs says of this text as its settings file. Errors: `invalid` for mistakes
/// in it, with the place.
[[nodiscard]] Expected<client::SettingsReport> ask_daemon_about(Context& context,
                                                                std::string_view text);

/// Says so when a variable of the environment wins over the file there.
void warn_of_variable(Context& context, const config::Place& place);

}  // namespace llf::cli
