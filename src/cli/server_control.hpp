#pragma once

#include "base/expected.hpp"
#include "cli/context.hpp"
#include "client/answers.hpp"
#include "client/daemon_start.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// What the commands `llf server …` share. Everything here blocks.
namespace llf::cli {

enum class Stopped : std::uint8_t { was_not_running, now };

/// Ends the daemon and waits until it is gone; its running answers end first. A daemon of any
/// version is stopped. Errors: timeout, when it does not end, with its process id.
[[nodiscard]] Expected<Stopped> stop_daemon(Context& context);

/// The same, to make room for `program`, once that said that it could start: no working daemon is
/// stopped for options that cannot work. Errors: those of client::check_daemon too.
[[nodiscard]] Expected<Stopped> stop_for(Context& context, const client::DaemonProgram& program);

/// Has the daemon make room for `program`, which takes over where it listens: no client is refused,
/// and running answers end first, however long that takes. Says so on stderr when there are some.
/// Returns the status of the new one. Errors: those of client::check_daemon, and what the daemon
/// says; `not_found` of one that cannot do that; timeout.
[[nodiscard]] Expected<client::DaemonStatus> replace_daemon(Context& context,
                                                            const client::DaemonProgram& program);

/// Starts a daemon that stays, with these further arguments of llfd, and returns its status. One
/// that was started on demand is replaced. Errors: conflict, when one that stays runs already and
/// `arguments` ask for something; those of client::ensure_daemon.
[[nodiscard]] Expected<client::DaemonStatus> start_daemon(Context& context,
                                                          std::span<const std::string> arguments);

/// The options of a command that llfd takes too, as arguments for it. Paths become absolute: the
/// daemon works in another folder. `invalid` for what is no number. Pure but for the current
/// folder.
[[nodiscard]] Expected<std::vector<std::string>> daemon_arguments(const Arguments& arguments);

/// The options that daemon_arguments passes on.
[[nodiscard]] std::span<const OptionSpec> daemon_options();

}  // namespace llf::cli
