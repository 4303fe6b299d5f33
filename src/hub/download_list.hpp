#pragma once

#include "base/expected.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace llf::hub {

/// A download that has not ended, as the next daemon has to know it.
struct ListedDownload {
  std::string model;
  std::uint64_t size = 0;                     ///< bytes
  std::vector<std::filesystem::path> places;  ///< where its files will stand
  std::string state{};                        ///< the name of a DownloadStatus::State
  std::string error{};                        ///< of a failed one

  friend bool operator==(const ListedDownload&, const ListedDownload&) = default;
};

/// Keeps them in a file. What cannot be written is only missed by people who look at the list of
/// the next daemon.
void save_download_list(const std::filesystem::path& file,
                        const std::vector<ListedDownload>& downloads);

/// What the file says; what is no such file is no download.
[[nodiscard]] std::vector<ListedDownload> load_download_list(const std::filesystem::path& file);

/// The download that somebody means by `name`, by the rules of store::match_name. Errors:
/// `not_found`, with those that fit where several do. Pure.
[[nodiscard]] Expected<std::string> match_download(const std::vector<std::string>& names,
                                                   std::string_view name);

}  // namespace llf::hub
