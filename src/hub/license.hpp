#pragma once

#include "store/hub_repository.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace llf::hub {

/// Keeps in a folder the licence that a hub tells of a repository, limits::kHubLicense bytes of it.
/// What cannot be kept is not known the next time. Blocks.
void save_license(const std::filesystem::path& folder, const store::RepositoryName& repository,
                  std::string_view license);

/// The licence that is kept; empty when there is none. Blocks.
[[nodiscard]] std::string load_license(const std::filesystem::path& folder,
                                       const store::RepositoryName& repository);

}  // namespace llf::hub
