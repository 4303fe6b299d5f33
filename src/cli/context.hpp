#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/output.hpp"
#include "client/api_client.hpp"
#include "client/daemon_start.hpp"
#include "net/loop.hpp"
#include "os/paths.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llf::cli {

/// Whether data is printed for people or for programs.
enum class Format : std::uint8_t { text, json };

/// What every command works with. Made by `run_llf`, or by a test.
struct Context {
  Output out;
  Output err;
  int in_fd = 0;
  Format format = Format::text;
  std::string home;  ///< --home, empty when not given: passed on to the daemon
  os::Paths paths;
  net::Loop loop;
};

/// Prints a command's result. Returns its exit code, `code`. Errors: those of Output::write.
[[nodiscard]] Expected<int> print(Context& context, std::string_view text, int code = 0);

/// A client of the daemon, which is started when none runs (on demand: it will end itself). Blocks.
/// Errors: those of client::ensure_daemon; conflict, when it speaks another protocol.
[[nodiscard]] Expected<client::ApiClient> connect(Context& context);

/// The same, but nothing is started: nothing when no daemon runs.
[[nodiscard]] Expected<std::optional<client::ApiClient>> connect_if_running(Context& context);

/// A client of the daemon that may or may not be there.
[[nodiscard]] client::ApiClient client_of(const Context& context);

/// The daemon's arguments that tell it where its home is.
[[nodiscard]] std::vector<std::string> home_arguments(const Context& context);

/// llfd with those and further arguments. Errors: not_found.
[[nodiscard]] Expected<client::DaemonProgram> daemon_program(
    const Context& context, std::span<const std::string> arguments);

}  // namespace llf::cli
