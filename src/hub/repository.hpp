#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "hub/endpoint.hpp"
#include "store/digest.hpp"
#include "store/hub_repository.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace llf::hub {

/// A file of a repository.
struct RemoteFile {
  std::string path;  ///< checked: see store::check_file_path
  ByteSize size;
  std::optional<store::Digest> sha256;  ///< nothing for a small file that is no large-file object

  friend bool operator==(const RemoteFile&, const RemoteFile&) = default;
};

/// A repository at one commit.
struct Repository {
  store::RepositoryName name;
  std::string commit;  ///< 40 hexadecimal digits
  std::string license;
  std::string base_model;
  bool gated = false;
  std::vector<RemoteFile> files;
};

/// What a hub tells of a repository; its files with paths that no repository may have are left out.
/// Errors: `upstream`: not what a hub says. Pure.
[[nodiscard]] Expected<Repository> read_repository(const store::RepositoryName& name,
                                                   std::string_view text);

/// Asks for a repository as it is now, or at a revision. Errors: those of ask and read_repository.
/// Blocks.
[[nodiscard]] Expected<Repository> get_repository(const Session& session,
                                                  const store::RepositoryName& name,
                                                  const std::string& revision);

/// A repository that a search found.
struct FoundRepository {
  std::string name;
  std::int64_t downloads = 0;
  std::int64_t likes = 0;
  bool gated = false;
  std::string updated;  ///< "2026-05-01T…"
};

/// Repositories with GGUF files, most downloaded first. Errors: as of get_repository. Blocks.
[[nodiscard]] Expected<std::vector<FoundRepository>> search_repositories(const Session& session,
                                                                         std::string_view query,
                                                                         std::int64_t most);

/// Where a file of a repository is asked for.
[[nodiscard]] Url file_url(const Endpoint& endpoint, const Repository& repository,
                           const RemoteFile& file);

}  // namespace llf::hub
