#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace llf::gateway {

/// Which `Host` and `Origin` values a TCP request may carry. It is what stops DNS rebinding and
/// requests that web pages send behind the user's back (SEC-02, SEC-04). Pure; any thread.
class HostCheck {
 public:
  /// Loopback literals and `localhost` are always allowed; `names` are the address that we listen
  /// on and what the user configured, without ports. With an address that stands for all of a
  /// machine ("0.0.0.0", "::") any host is: it is not known how others call it, and they need a
  /// key.
  explicit HostCheck(std::vector<std::string> names);

  /// `host` is the value of the one Host header: NAME, NAME:PORT, [IPV6] or [IPV6]:PORT, in any
  /// case, with or without the final dot of an absolute name. The port may be any.
  [[nodiscard]] bool host_allowed(std::string_view host) const;

  /// `origin` is the value of an Origin header: SCHEME://HOST[:PORT] with an allowed host, where
  /// any is allowed that of `host`, the Host header; `null` and everything else is refused.
  [[nodiscard]] bool origin_allowed(std::string_view origin, std::string_view host) const;

 private:
  std::vector<std::string> names_;
  bool any_ = false;
};

}  // namespace llf::gateway
