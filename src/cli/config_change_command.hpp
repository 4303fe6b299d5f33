#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

namespace llf::cli {

/// llf config set NAME VALUE: in the settings file.
[[nodiscard]] Expected<int> run_config_set(Context& context, const Arguments& arguments);

/// llf config unset NAME: out of the settings file.
[[nodiscard]] Expected<int> run_config_unset(Context& context, const Arguments& arguments);

/// llf config edit: the whole file in the user's editor, checked before it counts.
[[nodiscard]] Expected<int> run_config_edit(Context& context, const Arguments& arguments);

/// llf config backups: what is kept of earlier files, the newest first.
[[nodiscard]] Expected<int> run_config_backups(Context& context, const Arguments& arguments);

/// llf config restore N: the file as it was.
[[nodiscard]] Expected<int> run_config_restore(Context& context, const Arguments& arguments);

/// llf config diff [N|FILE]: what another file, or the file itself, would change.
[[nodiscard]] Expected<int> run_config_diff(Context& context, const Arguments& arguments);

}  // namespace llf::cli
