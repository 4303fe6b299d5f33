#include "tls/openssl.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace llf::tls {
namespace {

TEST(OpenSsl, a_failure_is_told_once_and_forgotten) {
  ERR_raise(ERR_LIB_SSL, SSL_R_UNSUPPORTED_PROTOCOL);
  EXPECT_EQ(last_failure(), "unsupported protocol");
  EXPECT_EQ(ERR_peek_error(), 0U);
  EXPECT_NE(last_failure(), "");
}

TEST(OpenSsl, a_context_has_what_is_safe_only) {
  for (const auto* side : {TLS_client_method(), TLS_server_method()}) {
    const auto context = new_context(side);
    ASSERT_TRUE(context);
    EXPECT_EQ(SSL_CTX_get_min_proto_version(context.get()), TLS1_2_VERSION);
    const auto options = SSL_CTX_get_options(context.get());
    EXPECT_NE(options & SSL_OP_NO_RENEGOTIATION, 0U);
    EXPECT_NE(options & SSL_OP_NO_COMPRESSION, 0U);
    EXPECT_EQ(options & SSL_OP_IGNORE_UNEXPECTED_EOF, 0U);
    EXPECT_EQ(SSL_CTX_get_session_cache_mode(context.get()), SSL_SESS_CACHE_OFF);
  }
}

}  // namespace
}  // namespace llf::tls
