#pragma once

#include "base/expected.hpp"
#include "net/cipher.hpp"

#include <filesystem>
#include <memory>

namespace llf::tls {

/// The files of a server's certificate, PEM both; one file may be both.
struct CertificateFiles {
  std::filesystem::path certificate;  ///< the server's own first, then those between it and a root
  std::filesystem::path key;          ///< not encrypted; for nobody's eyes but ours
};

/// TLS towards clients, who need no certificate. The files are looked at for every connection and
/// read anew when they have changed; while what is new cannot be used the old goes on, and the log
/// says so, as it does of a certificate that has expired. Errors: those of reading the files;
/// `invalid` when they are not what they should be or do not belong together; `unavailable` without
/// memory. Blocks on the disk.
[[nodiscard]] Expected<std::shared_ptr<net::CipherSource>> server_source(CertificateFiles files);

}  // namespace llf::tls
