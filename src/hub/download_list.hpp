#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace llf::hub {

/// A download that has not ended, as the next daemon has to know it.
struct ListedDownload {
  std::string model;
  std::uint64_t size = 0;  ///< bytes
  std::uint64_t done = 0;
  std::vector<std::filesystem::path> places;  ///< where its files will stand

  friend bool operator==(const ListedDownload&, const ListedDownload&) = default;
};

/// Keeps them in a file. What cannot be written is only missed by people who look at the list of
/// the next daemon.
void save_download_list(const std::filesystem::path& file,
                        const std::vector<ListedDownload>& downloads);

/// What the file says; what is no such file is no download.
[[nodiscard]] std::vector<ListedDownload> load_download_list(const std::filesystem::path& file);

}  // namespace llf::hub
