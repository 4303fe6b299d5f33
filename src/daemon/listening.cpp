#include "daemon/listening.hpp"

#include "gateway/api_keys.hpp"
#include "os/loopback.hpp"
#include "os/port_holder.hpp"

#include <fmt/format.h>

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

Expected<void> check_start(const StartOptions& options) {
  const auto& server = options.settings.server;
  if (!server.api_key.empty()) return {};
  const auto paths = os::resolve_paths({.home = options.home});
  if (!paths) return failure(paths.error());
  gateway::ApiKeys keys(keys_file(*paths));
  if (auto loaded = keys.load(); !loaded) return loaded;
  return check_reach(server.host, keys.all().empty() ? Keys::none : Keys::there);
}

Error explain_listen_error(const Error& error, const std::string& host, std::uint16_t port) {
  if (error.kind != ErrorKind::conflict) {
    return error.with_context("listening on " + http_address(host, port));
  }
  const auto holder = os::port_holder(port);
  const auto who = holder ? fmt::format("{} (pid {})", holder->program, holder->pid)
                          : std::string("another program");
  return {.kind = ErrorKind::conflict,
          .message = fmt::format("port {} on {} is taken by {}; choose another with --port, "
                                 "LLF_PORT or the setting server.port",
                                 port, host, who)};
}

std::string http_address(const std::string& host, std::uint16_t port) {
  return is_v6(host) ? fmt::format("http://[{}]:{}", host, port)
                     : fmt::format("http://{}:{}", host, port);
}

}  // namespace llf::daemon
