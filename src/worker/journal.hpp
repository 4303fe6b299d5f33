#pragma once

#include "os/process_facts.hpp"

#include <cstddef>
#include <filesystem>
#include <vector>

namespace llf::worker {

/// Remembers on disk which engines run, so that after a daemon was killed its guard, or the next
/// daemon, can end what survived it. An engine dies with its daemon at once; what it has started,
/// or the engine behind a wrapper script, does not. Written without fsync: it has to survive a
/// kill, not the machine, and its entries name the boot that they belong to. Failures to write are
/// logged; a load does not fail for them. Owned by the daemon, outlives its workers; loop thread.
class Journal {
 public:
  /// `file` lies in the run folder, whose sockets are the workers'.
  explicit Journal(std::filesystem::path file) : file_(std::move(file)) {}

  void add(const os::ProcessIdentity& process);
  void remove(pid_t pid);

  /// What reap_orphans found.
  struct Reaped {
    std::size_t processes = 0;  ///< ended
    std::size_t sockets = 0;    ///< socket files removed
  };

  /// Kills the processes in the file that still are the ones it means (never another one that got
  /// the same pid, F19) and what is left of their process groups in the run folder; removes all
  /// workers' sockets from there and empties the file. For a process that holds the lock of the run
  /// folder and has no worker. Blocks until those processes are gone, at most a few seconds.
  Reaped reap_orphans();

 private:
  void save() const;

  std::filesystem::path file_;
  std::vector<os::ProcessIdentity> running_;
};

}  // namespace llf::worker
