#pragma once

#include "net/cipher.hpp"
#include "tls/openssl.hpp"
#include "tls/wire.hpp"

#include <memory>
#include <optional>
#include <string>

namespace llf::tls {

/// One connection's TLS. Loop thread.
class SslCipher final : public net::Cipher {
 public:
  /// Of a context, `host` being whom a client wants to reach. Errors: `unavailable` without memory.
  [[nodiscard]] static Expected<std::unique_ptr<SslCipher>> create(SSL_CTX& context,
                                                                   std::string host = {});
  SslCipher(Owned<SSL> ssl, std::string host);

  /// To say which side it is and what it checks, before the handshake.
  [[nodiscard]] SSL* ssl() { return ssl_.get(); }

  /// The cipher of an SSL that `create` made.
  [[nodiscard]] static SslCipher& of(const SSL* ssl);

  [[nodiscard]] const std::string& host() const { return host_; }

  /// Why it is about to fail, where OpenSSL's words do not say it.
  void set_why(Error why) { why_ = std::move(why); }

  [[nodiscard]] State shake_hands() override;
  void take_wire(std::string_view bytes) override { wire_.take(bytes); }
  [[nodiscard]] Read read(std::span<char> plain) override;
  [[nodiscard]] State write(std::string_view plain) override;
  void finish() override;
  [[nodiscard]] std::string& for_wire() override { return wire_.going(); }
  [[nodiscard]] Error why() const override;

 private:
  [[nodiscard]] State state_of(int result);

  Wire wire_;
  std::string host_;
  Owned<SSL> ssl_;
  std::optional<Error> why_;
  bool failed_ = false;
};

}  // namespace llf::tls
