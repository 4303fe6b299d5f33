#include "tls/ssl_cipher.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <utility>

namespace llf::tls {
namespace {

/// What failed last in OpenSSL, as far as the user can do something about it.
Error explain() {
  const auto reason = ERR_GET_REASON(ERR_peek_last_error());
  const auto words = last_failure();
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
      return {.kind = ErrorKind::upstream,
              .message =
                  "the other end does not speak TLS: is the address one of http:// and not "
                  "of https://?"};
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return {.kind = ErrorKind::upstream,
              .message = "the other end speaks no TLS 1.2 or later, and nothing older is safe"};
    default:
      return {.kind = ErrorKind::upstream,
              .message = fmt::format("the TLS connection failed: {}", words)};
  }
}

}  // namespace

SslCipher::SslCipher(Owned<SSL> ssl, std::string host)
    : host_(std::move(host)), ssl_(std::move(ssl)) {
  SSL_set_app_data(ssl_.get(), this);
}

Expected<std::unique_ptr<SslCipher>> SslCipher::create(SSL_CTX& context, std::string host) {
  ERR_clear_error();
  Owned<SSL> ssl(SSL_new(&context));
  if (!ssl) return failure(ErrorKind::unavailable, "TLS: " + last_failure());
  auto cipher = std::make_unique<SslCipher>(std::move(ssl), std::move(host));
  auto* const bio = cipher->wire_.bio().release();
  if (bio == nullptr) return failure(ErrorKind::unavailable, "TLS: " + last_failure());
  SSL_set_bio(cipher->ssl(), bio, bio);
  return cipher;
}

SslCipher& SslCipher::of(const SSL* ssl) {
  return *static_cast<SslCipher*>(SSL_get_app_data(ssl));
}

net::Cipher::State SslCipher::state_of(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return State::ok;
    case SSL_ERROR_WANT_READ:
      return State::starved;
    case SSL_ERROR_ZERO_RETURN:
      return State::end;
    default:
      failed_ = true;
      if (!why_) why_ = explain();
      ERR_clear_error();
      return State::failed;
  }
}

net::Cipher::State SslCipher::shake_hands() {
  if (failed_) return State::failed;
  ERR_clear_error();
  return state_of(SSL_do_handshake(ssl_.get()));
}

net::Cipher::Read SslCipher::read(std::span<char> plain) {
  if (failed_) return {.state = State::failed};
  ERR_clear_error();
  std::size_t bytes = 0;
  const auto result = SSL_read_ex(ssl_.get(), plain.data(), plain.size(), &bytes);
  return {.state = state_of(result), .bytes = bytes};
}

net::Cipher::State SslCipher::write(std::string_view plain) {
  // Before the handshake is over OpenSSL would begin it, and take nothing.
  if (failed_ || SSL_is_init_finished(ssl_.get()) == 0) return State::failed;
  ERR_clear_error();
  std::size_t bytes = 0;
  return state_of(SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &bytes));
}

void SslCipher::finish() {
  if (failed_ || SSL_is_init_finished(ssl_.get()) == 0) return;
  ERR_clear_error();
  // It says only whether the other end has finished too.
  static_cast<void>(SSL_shutdown(ssl_.get()));
  ERR_clear_error();
}

Error SslCipher::why() const {
  return why_.value_or(
      Error{.kind = ErrorKind::internal, .message = "the TLS connection did not fail"});
}

}  // namespace llf::tls
