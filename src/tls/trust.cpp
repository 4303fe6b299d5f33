#include "tls/trust.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace llf::tls {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> names_none(const char* variable, const std::string& value,
                                  std::string_view what) {
  return failure(ErrorKind::invalid,
                 fmt::format("{} names {}, which is no {}: correct or unset it, then `llf server "
                             "restart`",
                             variable, value, what));
}

}  // namespace

Expected<Trust> find_trust(const os::Environment& env) {
  std::error_code code;
  for (const auto* variable : {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) {
    auto value = env(variable);
    if (!value || value->empty()) continue;
    if (fs::is_directory(*value, code)) return Trust{.file = {}, .folder = *std::move(value)};
    if (fs::is_regular_file(*value, code)) return Trust{.file = *std::move(value), .folder = {}};
    return names_none(variable, *value, "file of certificates and no folder of them");
  }
  Trust trust{.file = env("SSL_CERT_FILE").value_or(""),
              .folder = env("SSL_CERT_DIR").value_or("")};
  if (!trust.file.empty() && !fs::is_regular_file(trust.file, code)) {
    return names_none("SSL_CERT_FILE", trust.file, "file of certificates");
  }
  // Of a list some may be missing, as elsewhere.
  const bool one = !trust.folder.contains(':');
  if (!trust.folder.empty() && one && !fs::is_directory(trust.folder, code)) {
    return names_none("SSL_CERT_DIR", trust.folder, "folder of certificates");
  }
  return trust;
}

}  // namespace llf::tls
