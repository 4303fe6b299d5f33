#include "tls/openssl.hpp"

#include <openssl/err.h>

#include <array>

namespace llf::tls {

std::string last_failure() {
  std::array<char, 256> text{};
  const auto code = ERR_peek_last_error();
  const auto* reason = ERR_reason_error_string(code);
  if (reason == nullptr) ERR_error_string_n(code, text.data(), text.size());
  ERR_clear_error();
  return reason != nullptr ? reason : text.data();
}

Owned<SSL_CTX> new_context(const SSL_METHOD* side) {
  ERR_clear_error();
  Owned<SSL_CTX> context(SSL_CTX_new(side));
  if (!context) return nullptr;
  if (SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) return nullptr;
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

}  // namespace llf::tls
