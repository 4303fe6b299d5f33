#pragma once

#include "base/assert.hpp"
#include "net/cipher.hpp"
#include "os/test_folder.hpp"
#include "tls/client.hpp"
#include "tls/openssl.hpp"
#include "tls/server.hpp"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

/// Certificates for tests, made in memory, and two ends of a connection without a wire.
namespace llf::tls::test {

/// What a certificate says.
struct Subject {
  std::string names = "DNS:server.example";
  int from_days = -1;
  int until_days = 1;
  std::string constraints = "CA:FALSE";
};

inline const Subject kAuthority{.names = "DNS:authority.example", .constraints = "CA:TRUE"};

inline std::string text_of(BIO* bio) {
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio, &text);
  return {text, static_cast<std::size_t>(size)};
}

struct Identity {
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;

  [[nodiscard]] std::string certificate_pem() const {
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    LLF_ASSERT(PEM_write_bio_X509(bio.get(), certificate.get()) == 1);
    return text_of(bio.get());
  }

  /// Encrypted by `password`, where there is one.
  [[nodiscard]] std::string key_pem(std::string password = {}) const {
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    const auto* cipher = password.empty() ? nullptr : EVP_aes_128_cbc();
    LLF_ASSERT(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), cipher, password.data(),
                                             static_cast<int>(password.size()), nullptr,
                                             nullptr) == 1);
    return text_of(bio.get());
  }
};

inline void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  LLF_ASSERT(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

/// Signed by `issuer`, or by itself.
inline Identity make(const Subject& subject, const Identity* issuer = nullptr) {
  static long serial = 0;
  Identity made{.key = Owned<EVP_PKEY>(EVP_EC_gen("P-256")),
                .certificate = Owned<X509>(X509_new())};
  auto* const certificate = made.certificate.get();
  const auto& signer = issuer != nullptr ? *issuer : made;
  constexpr long kDay = 24L * 3600;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), kDay * subject.from_days);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kDay * subject.until_days);
  // Nobody is taken for the issuer of another one by mistake.
  const auto name = fmt::format("subject {}", serial);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
  X509_set_pubkey(certificate, made.key.get());
  extend(certificate, signer.certificate.get(), NID_basic_constraints, subject.constraints);
  extend(certificate, signer.certificate.get(), NID_subject_alt_name, subject.names);
  LLF_ASSERT(X509_sign(certificate, signer.key.get(), EVP_sha256()) != 0);
  return made;
}

/// An authority, and the files of those that it vouches for.
class Authority {
 public:
  /// The files of a server with this certificate.
  CertificateFiles files_of(const Identity& identity, const std::string& name = "server") {
    return {.certificate = write(name + ".pem", identity.certificate_pem()),
            .key = write(name + ".key", identity.key_pem())};
  }

  CertificateFiles server(const Subject& subject = {}) { return files_of(make(subject, &own_)); }

  [[nodiscard]] Trust trust() {
    return {.file = write("authority.pem", own_.certificate_pem()).native(), .folder = {}};
  }

  std::filesystem::path write(const std::string& name, std::string_view text) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return path;
  }

  [[nodiscard]] const Identity& identity() const { return own_; }
  [[nodiscard]] const os::TestFolder& folder() const { return folder_; }

 private:
  os::TestFolder folder_;
  Identity own_ = make(kAuthority);
};

using State = net::Cipher::State;

/// Two ends of a connection.
struct Ends {
  std::unique_ptr<net::Cipher> client;
  std::unique_ptr<net::Cipher> server;
};

/// Carries what one end has for the wire to the other one, up to `limit` bytes; returns how many.
inline std::size_t carry(net::Cipher& from, net::Cipher& to,
                         std::size_t limit = std::numeric_limits<std::size_t>::max()) {
  auto wire = std::exchange(from.for_wire(), {}).substr(0, limit);
  to.take_wire(wire);
  return wire.size();
}

/// Shakes hands until both are through or one of them has failed.
inline bool shake_hands(const Ends& ends) {
  for (;;) {
    const auto client = ends.client->shake_hands();
    const auto up = carry(*ends.client, *ends.server);
    const auto server = ends.server->shake_hands();
    const auto down = carry(*ends.server, *ends.client);
    if (client == State::failed || server == State::failed) {
      static_cast<void>(ends.client->shake_hands());
      return false;
    }
    if (client == State::ok && server == State::ok) return true;
    LLF_ASSERT(up + down > 0);
  }
}

inline Ends ends_of(net::CipherSource& client, net::CipherSource& server,
                    std::string_view host = "server.example") {
  return {.client = client.cipher_for(host).value(), .server = server.cipher_for({}).value()};
}

/// All plain bytes that have come, and how that ended.
inline std::pair<std::string, State> read_all(net::Cipher& cipher) {
  std::string result;
  std::string buffer(100, ' ');
  for (;;) {
    const auto read = cipher.read(buffer);
    if (read.state != State::ok) return {result, read.state};
    result.append(buffer, 0, read.bytes);
  }
}

}  // namespace llf::tls::test
