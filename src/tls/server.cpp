#include "tls/server.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"
#include "os/atomic_file.hpp"
#include "os/secret_file.hpp"
#include "tls/openssl.hpp"
#include "tls/ssl_cipher.hpp"
#include "tls/verdict.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <ctime>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace llf::tls {
namespace {

/// Which content a path has, as far as its file tells.
struct Stamp {
  dev_t device = 0;
  ino_t file = 0;
  off_t size = 0;
  std::time_t seconds = 0;
  long nanoseconds = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

using Stamps = std::array<Stamp, 2>;

Stamp stamp_of(const std::filesystem::path& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return {};
  return {.device = facts.st_dev,
          .file = facts.st_ino,
          .size = facts.st_size,
          .seconds = facts.st_mtim.tv_sec,
          .nanoseconds = facts.st_mtim.tv_nsec};
}

Stamps stamps_of(const CertificateFiles& files) {
  return {stamp_of(files.certificate), stamp_of(files.key)};
}

Owned<BIO> bio_of(std::string_view text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Expected<std::vector<Owned<X509>>> read_chain(const std::filesystem::path& path) {
  const auto text = os::read_file(path, limits::kCertificateFile);
  if (!text) return failure(text.error());
  const auto bio = bio_of(*text);
  std::vector<Owned<X509>> chain;
  while (Owned<X509> one{bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr}) {
    chain.push_back(std::move(one));
  }
  // So it says that there are no more.
  const bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const auto why = last_failure();
  if (whole && !chain.empty()) return chain;
  return failure(ErrorKind::invalid,
                 fmt::format("{} holds no certificates in PEM form: {}", path.native(), why));
}

/// Nobody is there to be asked for it.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Expected<Owned<EVP_PKEY>> read_key(const std::filesystem::path& path) {
  auto text = os::read_secret_file(path, limits::kKeyFile);
  if (!text) return failure(text.error());
  bool asked = false;
  const auto bio = bio_of(*text);
  Owned<EVP_PKEY> key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, &asked)
                          : nullptr);
  OPENSSL_cleanse(text->data(), text->size());
  const auto why = last_failure();
  if (key) return key;
  if (asked) {
    return failure(ErrorKind::invalid,
                   fmt::format("the key {} is encrypted, and nobody can be asked for its password: "
                               "name one that `openssl pkey -in {} -out FILE` has decrypted",
                               path.native(), path.native()));
  }
  return failure(ErrorKind::invalid,
                 fmt::format("{} holds no private key in PEM form: {}", path.native(), why));
}

void warn_of_dates(const CertificateFiles& files, const X509* certificate) {
  const auto* end = X509_get0_notAfter(certificate);
  const auto* begin = X509_get0_notBefore(certificate);
  if (X509_cmp_current_time(end) < 0) {
    log::warn("tls", "the certificate {} expired on {}: clients refuse it, renew it",
              files.certificate.native(), date_of(end));
  }
  if (X509_cmp_current_time(begin) > 0) {
    log::warn("tls", "the certificate {} is valid from {} on only: is the clock right?",
              files.certificate.native(), date_of(begin));
  }
}

/// A client that offers protocols but not ours is refused (RFC 7301).
void choose_protocol(SSL_CTX* context) {
  SSL_CTX_set_alpn_select_cb(
      context,
      [](SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
         unsigned int offered_size, void*) {
        const int found =
            SSL_select_next_proto(const_cast<unsigned char**>(chosen), size, kProtocols.data(),
                                  kProtocols.size(), offered, offered_size);
        return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
      },
      nullptr);
}

Expected<Owned<SSL_CTX>> load(const CertificateFiles& files) {
  const auto chain = read_chain(files.certificate);
  if (!chain) return failure(chain.error());
  const auto key = read_key(files.key);
  if (!key) return failure(key.error());
  if (X509_check_private_key(chain->front().get(), key->get()) != 1) {
    static_cast<void>(last_failure());
    return failure(
        ErrorKind::invalid,
        fmt::format("the key {} does not belong to the first certificate of {}: name "
                    "the two that were made together, the server's own certificate first",
                    files.key.native(), files.certificate.native()));
  }
  auto context = new_context(TLS_server_method());
  if (!context) return failure(ErrorKind::unavailable, "TLS: " + last_failure());
  bool used = SSL_CTX_use_certificate(context.get(), chain->front().get()) == 1 &&
              SSL_CTX_use_PrivateKey(context.get(), key->get()) == 1;
  for (std::size_t i = 1; used && i < chain->size(); ++i) {
    used = SSL_CTX_add1_chain_cert(context.get(), (*chain)[i].get()) == 1;
  }
  if (!used) {
    return failure(ErrorKind::invalid, fmt::format("{} cannot be used: {}",
                                                   files.certificate.native(), last_failure()));
  }
  choose_protocol(context.get());
  warn_of_dates(files, chain->front().get());
  return context;
}

class ServerSource final : public net::CipherSource {
 public:
  ServerSource(CertificateFiles files, const Stamps& seen, Owned<SSL_CTX> context)
      : files_(std::move(files)), seen_(seen), context_(std::move(context)) {}

  Expected<std::unique_ptr<net::Cipher>> cipher_for(std::string_view host) override;

 private:
  void look_anew();

  CertificateFiles files_;
  Stamps seen_;  ///< of what was read last, usable or not: told once
  Owned<SSL_CTX> context_;
};

void ServerSource::look_anew() {
  const auto now = stamps_of(files_);
  if (now == seen_) return;
  seen_ = now;
  auto context = load(files_);
  if (!context) {
    log::warn("tls", "the certificate that was read before stays: {}", context.error().message);
    return;
  }
  context_ = *std::move(context);
  log::info("tls", "a new certificate is used: {}", files_.certificate.native());
}

Expected<std::unique_ptr<net::Cipher>> ServerSource::cipher_for(std::string_view /*host*/) {
  look_anew();
  auto cipher = SslCipher::create(*context_);
  if (!cipher) return failure(cipher.error());
  SSL_set_accept_state((*cipher)->ssl());
  return *std::move(cipher);
}

}  // namespace

Expected<std::shared_ptr<net::CipherSource>> server_source(CertificateFiles files) {
  const auto seen = stamps_of(files);
  auto context = load(files);
  if (!context) return failure(context.error());
  return std::make_shared<ServerSource>(std::move(files), seen, *std::move(context));
}

}  // namespace llf::tls
