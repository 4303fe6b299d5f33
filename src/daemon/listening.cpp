#include "daemon/listening.hpp"

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "gateway/api_keys.hpp"
#include "net/http_server.hpp"
#include "net/loop.hpp"
#include "net/run.hpp"
#include "os/atomic_file.hpp"
#include "os/loopback.hpp"
#include "os/port_holder.hpp"
#include "tls/client.hpp"
#include "tls/server.hpp"
#include "tls/trust.hpp"

#include <fmt/format.h>

#include <string_view>

namespace llf::daemon {
namespace {

bool is_v6(const std::string& host) {
  return host.find(':') != std::string::npos;
}

}  // namespace

Expected<void> check_reach(const std::string& host, Keys keys) {
  if (keys == Keys::there || os::reach_of(host) != os::Reach::others) return {};
  return failure(ErrorKind::forbidden,
                 fmt::format("at {} other machines reach this one, and there is no key yet: make "
                             "one with `llf key create NAME`",
                             host));
}

std::filesystem::path keys_file(const os::Paths& paths) {
  return paths.data_dir / "keys.json";
}

Expected<std::shared_ptr<net::CipherSource>> find_cipher_source(
    const config::Settings::Server& server) {
  if (server.tls_certificate.empty() && server.tls_key.empty()) return nullptr;
  if (server.tls_certificate.empty() || server.tls_key.empty()) {
    const bool key_only = server.tls_certificate.empty();
    return failure(ErrorKind::invalid,
                   fmt::format("{} is set and {} is not: TLS needs both, and plain HTTP neither",
                               key_only ? "server.tls_key" : "server.tls_certificate",
                               key_only ? "server.tls_certificate" : "server.tls_key"));
  }
  auto source = tls::server_source({.certificate = server.tls_certificate, .key = server.tls_key});
  if (!source) return failure(source.error().with_context("TLS"));
  return source;
}

namespace {

/// Whether an address is free, or is that of the daemon of this home, which will leave it.
Expected<void> check_address(const config::Settings::Server& server, const os::Paths& paths) {
  if (server.port == 0) return {};
  net::Loop loop;
  net::HttpServer tried(loop, {});
  const auto listening = tried.listen_tcp(server.host, static_cast<std::uint16_t>(server.port));
  static_cast<void>(net::run_until_done(loop, tried.drain(Duration::zero())));
  if (listening) return {};
  const auto holder = os::port_holder(static_cast<std::uint16_t>(server.port));
  const auto own = os::read_file(paths.pid_file(), limits::kProcFile);
  const bool ours = holder && own && fmt::format("{}\n", holder->pid) == *own;
  return ours ? Expected<void>() : failure(explain_listen_error(listening.error(), server));
}

}  // namespace

Expected<void> check_start(const StartOptions& options) {
  const auto& server = options.settings.server;
  if (const auto found = find_cipher_source(server); !found) return failure(found.error());
  const auto paths = os::resolve_paths({.home = options.home});
  if (!paths) return failure(paths.error());
  gateway::ApiKeys keys(keys_file(*paths));
  if (auto loaded = keys.load(); !loaded) return loaded;
  const bool keyed = !server.api_key.empty() || !keys.all().empty();
  auto allowed = check_reach(server.host, keyed ? Keys::there : Keys::none);
  if (!allowed || options.on_demand) return allowed;
  return check_address(server, *paths);
}

Error explain_listen_error(const Error& error, const config::Settings::Server& server) {
  if (error.kind != ErrorKind::conflict) {
    return error.with_context("listening on " + http_address(server, server.port));
  }
  const auto holder = os::port_holder(server.port);
  const auto who = holder ? fmt::format("{} (pid {})", holder->program, holder->pid)
                          : std::string("another program");
  return {.kind = ErrorKind::conflict,
          .message = fmt::format("port {} on {} is taken by {}; choose another with --port, "
                                 "LLF_PORT or the setting server.port",
                                 server.port, server.host, who)};
}

std::string http_address(const config::Settings::Server& server, std::uint16_t port) {
  const std::string_view scheme = server.tls_certificate.empty() ? "http" : "https";
  return is_v6(server.host) ? fmt::format("{}://[{}]:{}", scheme, server.host, port)
                            : fmt::format("{}://{}:{}", scheme, server.host, port);
}

Expected<std::shared_ptr<net::CipherSource>> client_ciphers(const std::string& certificates) {
  if (!certificates.empty()) return tls::client_source({.file = certificates, .folder = {}});
  auto trust = tls::find_trust(os::env);
  if (!trust) return failure(trust.error());
  return tls::client_source(*std::move(trust));
}

}  // namespace llf::daemon
