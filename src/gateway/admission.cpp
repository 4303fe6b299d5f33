#include "gateway/admission.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "net/headers.hpp"

#include <fmt/format.h>

namespace llf::gateway {
namespace {

constexpr uid_t kRoot = 0;

bool path_matches(const RouteFacts& route, std::string_view path) {
  if (!route.path.ends_with('/')) return path == route.path;
  return path.size() > route.path.size() && path.starts_with(route.path);
}

bool method_matches(const RouteFacts& route, std::string_view method) {
  return method == route.method || (method == "HEAD" && route.method == "GET");
}

Denial deny(int status, ErrorKind kind, std::string_view message, std::string_view code = {}) {
  return {.status = status,
          .error = ApiError({.kind = kind, .message = std::string(message)}, "", code),
          .allow = {}};
}

std::optional<Denial> check_origin_of_request(const net::Request& request,
                                              const AdmissionPolicy& policy) {
  if (request.peer.is_unix) {
    if (request.peer.uid == policy.owner_uid || request.peer.uid == kRoot) return std::nullopt;
    return deny(403, ErrorKind::forbidden, "this socket serves its owner only");
  }
  if (!policy.hosts.host_allowed(request.host)) {
    return deny(403, ErrorKind::forbidden,
                "the Host header does not name this server; use localhost or 127.0.0.1",
                "host_not_allowed");
  }
  const auto origin = request.headers.get("origin");
  if (origin && !policy.hosts.origin_allowed(*origin, request.host)) {
    return deny(403, ErrorKind::forbidden, "web pages of other sites may not use this server",
                "origin_not_allowed");
  }
  return std::nullopt;
}

/// Whether two texts are equal, in a time that says nothing about where they differ.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
  unsigned differ = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char other = b.empty() ? '\0' : b[i % b.size()];
    differ |= static_cast<unsigned>(static_cast<unsigned char>(a[i] ^ other));
  }
  return differ == 0;
}

/// The key that an `Authorization` brings; nothing: it is of another scheme.
std::optional<std::string_view> bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (!net::equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  return authorization.substr(kScheme.size());
}

/// The one key that a request brings: as OpenAI's or as Anthropic's clients send it, or as both
/// (SEC-05). Empty: it brings none; nothing: it brings two credentials.
std::optional<std::string_view> key_of(const net::Headers& headers) {
  if (headers.count("authorization") > 1 || headers.count("x-api-key") > 1) return std::nullopt;
  const auto authorization = headers.get("authorization");
  auto key = headers.get("x-api-key");
  if (key && key->empty()) key.reset();
  if (!authorization) return key.value_or("");
  const auto own = bearer(*authorization);
  if (key && key != own) return std::nullopt;
  return own.value_or("");
}

bool is_accepted(std::string_view key, const AdmissionPolicy& policy) {
  const bool is_set = !policy.api_key.empty() && equal_in_constant_time(key, policy.api_key);
  return is_set || (policy.keys != nullptr && policy.keys->accepts(key));
}

std::optional<Denial> check_key(const net::Request& request, std::span<const RouteFacts> routes,
                                const AdmissionPolicy& policy) {
  const bool none =
      policy.api_key.empty() && (policy.keys == nullptr || policy.keys->all().empty());
  const bool open = none && policy.reach != os::Reach::others;
  if (open || request.peer.is_unix) return std::nullopt;
  const auto index = find_route(request.method, request.path, routes);
  if (index && routes[*index].access == Access::watchers) return std::nullopt;
  const auto key = key_of(request.headers);
  if (!key) {
    return deny(400, ErrorKind::invalid,
                "the request brings two credentials: send one, as Authorization: Bearer KEY or as "
                "x-api-key: KEY",
                "two_credentials");
  }
  if (is_accepted(*key, policy)) return std::nullopt;
  return deny(401, ErrorKind::unauthorized,
              "this server asks for an API key: send it as Authorization: Bearer KEY",
              "invalid_api_key");
}

bool is_json(const net::Headers& headers) {
  const auto type = headers.get("content-type").value_or("");
  const auto media_type = type.substr(0, type.find(';'));
  const auto end = media_type.find_last_not_of(" \t");
  return net::equal_ignoring_case(media_type.substr(0, end + 1), "application/json");
}

/// The first route with this path, whatever its method.
const RouteFacts* route_of_path(std::string_view path, std::span<const RouteFacts> routes) {
  for (const auto& route : routes) {
    if (path_matches(route, path)) return &route;
  }
  return nullptr;
}

std::optional<Denial> check_route(const net::Request& request, std::span<const RouteFacts> routes) {
  const auto index = find_route(request.method, request.path, routes);
  const auto* route = route_of_path(request.path, routes);
  const bool hidden = route != nullptr && route->access == Access::owner && !request.peer.is_unix;
  if (route == nullptr || hidden) {
    return deny(404, ErrorKind::not_found,
                fmt::format("there is no {} here", cut_utf8(request.path, limits::kShownPath)),
                "route_not_found");
  }
  if (!index) {
    auto denial = deny(405, ErrorKind::invalid,
                       fmt::format("{} takes {} requests only",
                                   cut_utf8(request.path, limits::kShownPath), route->method),
                       "method_not_allowed");
    denial.allow = route->method;
    return denial;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> find_route(std::string_view method, std::string_view path,
                                      std::span<const RouteFacts> routes) {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (path_matches(routes[i], path) && method_matches(routes[i], method)) return i;
  }
  return std::nullopt;
}

std::optional<Denial> admit(const net::Request& request, std::span<const RouteFacts> routes,
                            const AdmissionPolicy& policy) {
  if (auto denial = check_origin_of_request(request, policy)) return denial;
  if (auto denial = check_key(request, routes, policy)) return denial;
  if (auto denial = check_route(request, routes)) return denial;
  if (request.method == "POST" && !request.peer.is_unix && !is_json(request.headers)) {
    return deny(415, ErrorKind::invalid, "the body must be sent as Content-Type: application/json",
                "unsupported_media_type");
  }
  const auto coding = request.headers.get("content-encoding").value_or("identity");
  if (!coding.empty() && !net::equal_ignoring_case(coding, "identity")) {
    return deny(415, ErrorKind::invalid, "a compressed body is not read: send it as it is",
                "unsupported_media_type");
  }
  return std::nullopt;
}

}  // namespace llf::gateway
