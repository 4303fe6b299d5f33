#pragma once

#include "base/expected.hpp"
#include "config/references.hpp"
#include "net/http_origin.hpp"
#include "url/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace llf::remote {

/// The proxy of a URL like "http://user:password@proxy.example:3128"; the scheme may be left out,
/// and the port is 80 without one. Errors: `invalid` for a URL that is none and a proxy of another
/// kind (https, socks). Pure.
[[nodiscard]] Expected<net::Proxy> read_proxy(std::string_view text);

/// The proxy on the way to `target` by http_proxy or https_proxy, else all_proxy, small or large;
/// nothing where there is none or no_proxy names the host, a domain that it is in, its address, a
/// range of addresses (10.0.0.0/8) or "*". This machine is never asked for by a proxy. Errors:
/// those of read_proxy, with the variable.
[[nodiscard]] Expected<std::optional<net::Proxy>> find_proxy(const config::Environment& env,
                                                             const Url& target);

}  // namespace llf::remote
