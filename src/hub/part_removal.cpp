#include "hub/part_removal.hpp"

#include "hub/part_file.hpp"
#include "os/file_lock.hpp"
#include "store/hub_cache.hpp"

namespace llf::hub {

void remove_part(const std::filesystem::path& place) {
  const auto blobs = place.parent_path();
  if (blobs.filename() != "blobs") {  // ours alone, under a name that one download has
    PartFile::remove(place);
    return;
  }
  const auto cache = blobs.parent_path().parent_path();
  const auto lock =
      os::FileLock::try_acquire(store::lock_of_content(cache, place), os::LockUsers::everybody);
  const bool fetched =
      lock && !*lock;  // no lock can be had where its folder is gone: nor by others
  if (!fetched) PartFile::remove(place);
}

}  // namespace llf::hub
