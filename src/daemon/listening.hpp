#pragma once

#include "base/expected.hpp"
#include "daemon/start_options.hpp"
#include "os/paths.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace llf::daemon {

/// Whether there is a key without which nobody may ask.
enum class Keys : std::uint8_t { none, there };

/// Whether to listen on an address: on one that other machines reach only with keys. Errors:
/// `forbidden`, with the command that makes one.
[[nodiscard]] Expected<void> check_reach(const std::string& host, Keys keys);

/// Where the API keys of a home are.
[[nodiscard]] std::filesystem::path keys_file(const os::Paths& paths);

/// check_reach of a start that is only tried: looks for keys in its home. Errors: those of
/// check_reach, of the home and of the keys' file.
[[nodiscard]] Expected<void> check_start(const StartOptions& options);

/// The error of listening on the public address in the user's words: who holds the port, and which
/// setting to change. Looks the holder up.
[[nodiscard]] Error explain_listen_error(const Error& error, const std::string& host,
                                         std::uint16_t port);

/// "http://127.0.0.1:8000", "http://[::1]:8000".
[[nodiscard]] std::string http_address(const std::string& host, std::uint16_t port);

}  // namespace llf::daemon
