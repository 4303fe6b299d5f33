#include "tls/verdict.hpp"

#include "tls/trust.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <ctime>
#include <vector>

namespace llf::tls {
namespace {

constexpr std::size_t kNamesShown = 3;

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// A host or an address; empty for what is neither, or cannot be shown.
std::string name_of(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) {
    const auto text = bytes_of(name.d.dNSName);
    const bool shown = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
    return shown ? std::string(text) : std::string();
  }
  if (name.type != GEN_IPADD) return {};
  const auto address = bytes_of(name.d.iPAddress);
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
  if (family == AF_INET6 && address.size() != sizeof(in6_addr)) return {};
  ::inet_ntop(family, address.data(), text.data(), text.size());
  return text.data();
}

std::string names_of(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, FreeNames> all(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> shown;
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    auto name = name_of(*sk_GENERAL_NAME_value(all.get(), i));
    if (name.empty()) continue;
    if (shown.size() == kNamesShown) {
      shown.back() += " and others";
      break;
    }
    shown.push_back(std::move(name));
  }
  return shown.empty() ? "another name" : fmt::format("{}", fmt::join(shown, ", "));
}

}  // namespace

std::string date_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "a date that cannot be read";
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

std::string verdict(X509_STORE_CTX& check, std::string_view host) {
  const auto* certificate = X509_STORE_CTX_get_current_cert(&check);
  const auto code = X509_STORE_CTX_get_error(&check);
  const bool servers = X509_STORE_CTX_get_error_depth(&check) == 0;
  const std::string_view whose = servers ? "its certificate" : "the certificate of its authority";
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format(
          "{} expired on {}: who runs the server must renew it, unless the "
          "clock of this machine is wrong",
          whose, date_of(X509_get0_notAfter(certificate)));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("{} is valid from {} on only: is the clock of this machine right?", whose,
                         date_of(X509_get0_notBefore(certificate)));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format("its certificate is for {}, not for {}: use a name that it is for",
                         names_of(certificate), host);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return fmt::format("its certificate is self-signed, so nobody else says whose it is. {}",
                         kOwnAuthority);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return fmt::format("its certificate is of an authority that this machine does not know. {}",
                         kOwnAuthority);
    default:
      return fmt::format("{} is refused: {}", whose, X509_verify_cert_error_string(code));
  }
}

}  // namespace llf::tls
