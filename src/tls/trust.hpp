#pragma once

#include "base/expected.hpp"

#include <functional>
#include <optional>
#include <string>

namespace llf::hub {

/// Reads an environment variable: os::env, or a test's.
using Environment = std::function<std::optional<std::string>(const char*)>;

/// The certificate authorities that servers are checked by; empty: those of the system. There is no
/// way to check by none.
struct Trust {
  std::string file;    ///< PEM
  std::string folder;  ///< as `openssl rehash` makes it; several with ":" between
};

/// As curl and the programs of the hub find them: REQUESTS_CA_BUNDLE, else CURL_CA_BUNDLE, each a
/// file or a folder; else SSL_CERT_FILE and SSL_CERT_DIR. Errors: `invalid` for a variable that
/// names none. A few system calls.
[[nodiscard]] Expected<Trust> find_trust(const Environment& env);

}  // namespace llf::hub
