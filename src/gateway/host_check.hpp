#pragma once

#include <string>
#include <string_view>

namespace llf::gateway {

/// Which `Host` and `Origin` values a TCP request may carry. It is what stops DNS rebinding and
/// requests that web pages send behind the user's back (SEC-02, SEC-04). Pure; any thread.
class HostCheck {
 public:
  /// Loopback literals and `localhost` are always allowed. `address` is what we listen on: where
  /// other machines reach it any host is allowed, since it is not known how they call this one, and
  /// they need a key.
  explicit HostCheck(const std::string& address);

  /// `host` is the value of the one Host header: NAME, NAME:PORT, [IPV6] or [IPV6]:PORT, in any
  /// case, with or without the final dot of an absolute name. The port may be any.
  [[nodiscard]] bool host_allowed(std::string_view host) const;

  /// `origin` is the value of an Origin header: SCHEME://HOST[:PORT] with an allowed host, where
  /// any is allowed that of `host`, the Host header; `null` and everything else is refused.
  [[nodiscard]] bool origin_allowed(std::string_view origin, std::string_view host) const;

 private:
  bool any_;
};

}  // namespace llf::gateway
