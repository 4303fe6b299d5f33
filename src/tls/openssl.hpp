#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <string>

namespace llf::tls {

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* connection) const { SSL_free(connection); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

/// What OpenSSL counts the uses of, or gives away.
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// HTTP/1.1 as the one protocol that is offered and chosen: with its size before it (RFC 7301).
inline constexpr std::array<unsigned char, 9> kProtocols{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/// What OpenSSL says of the last thing that failed on this thread, in its own words; forgets it.
[[nodiscard]] std::string last_failure();

/// A context of one side (TLS_client_method, TLS_server_method) with what holds for both: TLS 1.2
/// at least, no compression, no renegotiation, no buffers for idle connections. Null when OpenSSL
/// is out of order; last_failure says how.
[[nodiscard]] Owned<SSL_CTX> new_context(const SSL_METHOD* side);

}  // namespace llf::tls
