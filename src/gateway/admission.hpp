#pragma once

#include "gateway/api_error.hpp"
#include "gateway/api_keys.hpp"
#include "gateway/host_check.hpp"
#include "net/http_message.hpp"
#include "os/loopback.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace llf::gateway {

/// Who may use a route.
enum class Access : std::uint8_t {
  watchers,  ///< as anyone, and without a key: what tells only that the server lives
  anyone,    ///< whoever reaches the port, if the request is not a web page's trick
  owner,     ///< the user who runs the daemon, and root: on the Unix socket only
};

/// One route as it is declared; a test walks over all of them.
struct RouteFacts {
  std::string_view method;
  std::string_view path;  ///< exact, or, when it ends in '/', with one more part behind
  Access access = Access::anyone;
};

/// Why a request is refused before its body is read.
struct Denial {
  int status = 403;
  ApiError error;
  std::string_view allow;  ///< with 405: the value of the Allow header
};

/// What the decision needs to know besides the request.
struct AdmissionPolicy {
  const HostCheck& hosts;
  os::Reach reach = os::Reach::this_machine;  ///< from where TCP clients can come
  std::uint32_t owner_uid = 0;
  /// What TCP clients must send one of: the settings' key, if it is not empty, or one that was
  /// made. Where there is none, none is needed, unless other machines can ask.
  std::string_view api_key;
  const ApiKeys* keys = nullptr;  ///< may be null: none were made
};

/// The route of a request, or why it has none. Checks, in this order: the peer's uid on the Unix
/// socket; Host and Origin on TCP; there, too, the API key; path and method; access; and that a
/// body is declared as JSON on TCP, because a page can send other types unasked (SEC-02, SEC-04).
/// Pure.
[[nodiscard]] std::optional<Denial> admit(const net::Request& request,
                                          std::span<const RouteFacts> routes,
                                          const AdmissionPolicy& policy);

/// The index of the route for this method and path.
[[nodiscard]] std::optional<std::size_t> find_route(std::string_view method, std::string_view path,
                                                    std::span<const RouteFacts> routes);

}  // namespace llf::gateway
