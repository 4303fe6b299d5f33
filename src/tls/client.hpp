#pragma once

#include "net/cipher.hpp"
#include "tls/trust.hpp"

#include <memory>

namespace llf::tls {

/// TLS towards servers, whose certificates are checked by `trust` and for the host that is asked
/// for, a name or an IP address: nothing switches that off. Costs nothing until it is used. Errors
/// of its `cipher_for`: `invalid` for what is no host, and for authorities that cannot be read;
/// `unavailable` without memory. The why of its ciphers, `upstream`, is to follow whom it was
/// about.
[[nodiscard]] std::shared_ptr<net::CipherSource> client_source(Trust trust);

}  // namespace llf::tls
