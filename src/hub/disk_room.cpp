#include "hub/disk_room.hpp"

#include "base/limits.hpp"
#include "hub/part_file.hpp"
#include "store/disk_write.hpp"

#include <map>
#include <sys/stat.h>
#include <utility>

namespace llf::hub {
namespace {

namespace fs = std::filesystem;

/// Bytes that a part has taken of its disk.
std::uint64_t taken_by(const fs::path& part) {
  constexpr std::uint64_t kBlock = 512;
  struct stat facts{};
  const bool is_file = ::lstat(part.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
  return is_file ? static_cast<std::uint64_t>(facts.st_blocks) * kBlock : 0;
}

/// Errors: those of check_plan_room; not_found where a folder goes meanwhile.
Expected<void> check_disks(const DownloadPlan& plan) {
  struct Disk {
    fs::path folder;
    std::uint64_t missing = 0;
  };
  std::map<dev_t, Disk> disks;
  for (const auto& file : plan.files) {
    if (file.present) continue;
    const auto taken = taken_by(PartFile::part_of(file.place));
    struct stat facts{};
    auto folder = file.place.parent_path();
    while (::stat(folder.c_str(), &facts) != 0 && folder.has_relative_path()) {
      folder = folder.parent_path();  // it will be made below that one
    }
    auto& disk = disks[facts.st_dev];
    disk.folder = std::move(folder);
    disk.missing += file.size.bytes() - std::min(taken, file.size.bytes());
  }
  for (const auto& [device, disk] : disks) {
    if (auto checked = check_download_room(disk.folder, disk.missing); !checked) return checked;
  }
  return {};
}

}  // namespace

Expected<void> check_download_room(const fs::path& folder, std::uint64_t bytes) {
  auto checked = store::check_room(folder, bytes);
  if (!checked && checked.error().kind == ErrorKind::io) {
    checked.error().message += ". Free some, or set HF_HUB_CACHE to a folder on another disk";
  }
  return checked;
}

Expected<void> check_plan_room(const DownloadPlan& plan) {
  for (int round = 1;; ++round) {
    auto checked = check_disks(plan);
    const bool gone = !checked && checked.error().kind == ErrorKind::not_found;
    if (!gone || round == limits::kTransferRounds) return checked;
  }
}

}  // namespace llf::hub
