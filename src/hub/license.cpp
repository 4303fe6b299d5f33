#include "hub/license.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"

namespace llf::hub {
namespace {

std::filesystem::path license_file(const std::filesystem::path& folder,
                                   const store::RepositoryName& repository) {
  return folder / (repository.folder() + ".license");
}

}  // namespace

void save_license(const std::filesystem::path& folder, const store::RepositoryName& repository,
                  std::string_view license) {
  if (license.empty() || folder.empty() || !os::ensure_dir(folder)) return;
  static_cast<void>(
      os::replace_file(license_file(folder, repository), cut_utf8(license, limits::kHubLicense)));
}

std::string load_license(const std::filesystem::path& folder,
                         const store::RepositoryName& repository) {
  auto text = os::read_file(license_file(folder, repository), ByteSize(limits::kHubLicense));
  return text && is_utf8(*text) ? *std::move(text) : std::string();
}

}  // namespace llf::hub
