#include "tls/client.hpp"

#include "tls/openssl.hpp"
#include "tls/ssl_cipher.hpp"
#include "tls/verdict.hpp"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace llf::tls {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostName = 253;  // bytes, RFC 1035

/// Where other systems than the one that OpenSSL was built for keep theirs.
constexpr std::array kAuthorityFiles{"/etc/ssl/certs/ca-certificates.crt",
                                     "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                     "/etc/ssl/cert.pem"};

bool is_ip(const std::string& host) {
  in6_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool use_systems(SSL_CTX& context) {
  std::error_code code;
  if (fs::exists(X509_get_default_cert_dir(), code) ||
      fs::exists(X509_get_default_cert_file(), code)) {
    return SSL_CTX_set_default_verify_paths(&context) == 1;
  }
  for (const auto* file : kAuthorityFiles) {
    if (fs::exists(file, code)) return SSL_CTX_load_verify_file(&context, file) == 1;
  }
  return true;  // nobody is trusted, which the first certificate's refusal says
}

Expected<void> use(SSL_CTX& context, const Trust& trust) {
  const bool own = !trust.file.empty() || !trust.folder.empty();
  if (!own && !use_systems(context)) {
    return failure(ErrorKind::invalid,
                   "the certificate authorities of this machine cannot be read: " + last_failure());
  }
  if (!trust.file.empty() && SSL_CTX_load_verify_file(&context, trust.file.c_str()) != 1) {
    return failure(ErrorKind::invalid,
                   fmt::format("no certificates to check servers by can be read from {}: {}",
                               trust.file, last_failure()));
  }
  if (!trust.folder.empty() && SSL_CTX_load_verify_dir(&context, trust.folder.c_str()) != 1) {
    return failure(ErrorKind::invalid,
                   fmt::format("no certificates to check servers by can be read from {}: {}",
                               trust.folder, last_failure()));
  }
  return {};
}

/// Asked about each certificate of a chain; the first that is refused says why.
int on_check(int good, X509_STORE_CTX* check) {
  if (good == 1) return 1;
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& cipher = SslCipher::of(ssl);
  cipher.set_why({.kind = ErrorKind::upstream, .message = verdict(*check, cipher.host())});
  return 0;
}

class ClientSource final : public net::CipherSource {
 public:
  explicit ClientSource(Trust trust) : trust_(std::move(trust)) {}

  Expected<std::unique_ptr<net::Cipher>> cipher_for(std::string_view host) override;

 private:
  Expected<void> ensure_context();

  Trust trust_;
  Owned<SSL_CTX> context_;
};

Expected<void> ClientSource::ensure_context() {
  if (context_) return {};
  auto context = new_context(TLS_client_method());
  if (!context) return failure(ErrorKind::unavailable, "TLS: " + last_failure());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, on_check);
  SSL_CTX_set_alpn_protos(context.get(), kProtocols.data(), kProtocols.size());
  if (auto used = use(*context, trust_); !used) return used;
  context_ = std::move(context);
  return {};
}

Expected<std::unique_ptr<net::Cipher>> ClientSource::cipher_for(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const bool is_host = !host.empty() && host.size() <= kMostName && !host.contains('\0');
  if (!is_host) return failure(ErrorKind::invalid, "a server without a name cannot be checked");
  if (auto ready = ensure_context(); !ready) return failure(ready.error());
  auto cipher = SslCipher::create(*context_, std::string(host));
  if (!cipher) return failure(cipher.error());
  auto* const ssl = (*cipher)->ssl();
  const auto& name = (*cipher)->host();
  SSL_set_connect_state(ssl);
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set = is_ip(name)
                       ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1
                       : SSL_set1_host(ssl, name.c_str()) == 1 &&
                             SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
  if (!set) return failure(ErrorKind::unavailable, "TLS: " + last_failure());
  return *std::move(cipher);
}

}  // namespace

std::shared_ptr<net::CipherSource> client_source(Trust trust) {
  return std::make_shared<ClientSource>(std::move(trust));
}

}  // namespace llf::tls
