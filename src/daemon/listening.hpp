#pragma once

#include "base/expected.hpp"
#include "config/settings.hpp"
#include "daemon/start_options.hpp"
#include "net/cipher.hpp"
#include "os/paths.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace llf::daemon {

/// Whether there is a key without which nobody may ask.
enum class Keys : std::uint8_t { none, there };

/// Whether to listen on an address: on one that other machines reach only with keys. Errors:
/// `forbidden`, with the command that makes one.
[[nodiscard]] Expected<void> check_reach(const std::string& host, Keys keys);

/// Where the API keys of a home are.
[[nodiscard]] std::filesystem::path keys_file(const os::Paths& paths);

/// What secures the public address; null where it is plain HTTP. Errors: `invalid` when only one of
/// its two files is named; those of tls::server_source. Reads them.
[[nodiscard]] Expected<std::shared_ptr<net::CipherSource>> find_cipher_source(
    const config::Settings::Server& server);

/// find_cipher_source and check_reach of a start that is only tried: looks for keys in its home.
/// Errors: those of the two, of the home and of the keys' file.
[[nodiscard]] Expected<void> check_start(const StartOptions& options);

/// The error of listening on the public address in the user's words: who holds the port, and which
/// setting to change. Looks the holder up.
[[nodiscard]] Error explain_listen_error(const Error& error,
                                         const config::Settings::Server& server);

/// "http://127.0.0.1:8000", "https://[::1]:8000": of `server`, which got this port.
[[nodiscard]] std::string http_address(const config::Settings::Server& server, std::uint16_t port);

/// What TLS towards servers elsewhere needs: `certificates` is a file of authorities; empty: those
/// that the environment names, else the system's. Errors: those of tls::find_trust.
[[nodiscard]] Expected<std::shared_ptr<net::CipherSource>> client_ciphers(
    const std::string& certificates);

}  // namespace llf::daemon
