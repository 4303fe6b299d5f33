#include "os/stale_files.hpp"

#include "os/atomic_file.hpp"
#include "os/process_facts.hpp"

#include <system_error>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

bool runs(pid_t pid) {
  const auto stat = proc_stat(pid);
  return stat && stat->state != 'Z' && stat->state != 'X';
}

}  // namespace

std::size_t remove_stale_temporaries(const fs::path& folder) {
  std::size_t removed = 0;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const auto writer = writer_of_temporary(at->path().filename().native());
    if (!writer || runs(*writer)) continue;
    std::error_code ignored;
    if (fs::remove(at->path(), ignored)) ++removed;
  }
  return removed;
}

}  // namespace llf::os
