#pragma once

#include "base/expected.hpp"
#include "os/paths.hpp"

#include <string>
#include <string_view>

namespace llf::tls {

/// The certificate authorities that servers are checked by; empty: those of the system. There is no
/// way to check by none.
struct Trust {
  std::string file;    ///< PEM
  std::string folder;  ///< as `openssl rehash` makes it; several with ":" between
};

/// What to do about a server that none of them vouches for.
inline constexpr std::string_view kOwnAuthority =
    "Where a network has an authority of its own, SSL_CERT_FILE names that authority's "
    "certificate; then `llf server restart`";

/// As curl and the programs of the hub find them: REQUESTS_CA_BUNDLE, else CURL_CA_BUNDLE, each a
/// file or a folder; else SSL_CERT_FILE and SSL_CERT_DIR. Errors: `invalid` for a variable that
/// names none. A few system calls.
[[nodiscard]] Expected<Trust> find_trust(const os::Environment& env);

}  // namespace llf::tls
