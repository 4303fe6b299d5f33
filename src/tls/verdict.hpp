#pragma once

#include "tls/openssl.hpp"

#include <string>
#include <string_view>

namespace llf::tls {

/// Why a server's certificate is refused, and what to do about it, in the user's words. `check` is
/// one that has just failed; `host`: whom we wanted to reach.
[[nodiscard]] std::string verdict(X509_STORE_CTX& check, std::string_view host);

/// "2026-11-27", of a date in a certificate.
[[nodiscard]] std::string date_of(const ASN1_TIME* time);

}  // namespace llf::tls
