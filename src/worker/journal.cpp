#include "worker/journal.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"
#include "log/log.hpp"
#include "os/atomic_file.hpp"
#include "worker/command_line.hpp"

#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

json::Value to_json(const os::ProcessIdentity& process) {
  // A start time is a count of clock ticks, far below 2^63.
  return {{"pid", process.pid},
          {"start_time", static_cast<std::int64_t>(process.start_time)},
          {"boot_id", process.boot_id}};
}

std::optional<os::ProcessIdentity> from_json(const json::Value& value) {
  const auto object = json::as_object(value, "an entry");
  if (!object) return std::nullopt;
  const auto pid = json::get_int(*object, "pid");
  const auto start_time = json::get_int(*object, "start_time");
  const auto boot_id = json::get_string(*object, "boot_id");
  if (!pid || !start_time || !boot_id) return std::nullopt;
  if (*start_time < 0 || !std::in_range<pid_t>(*pid)) return std::nullopt;
  return os::ProcessIdentity{.pid = static_cast<pid_t>(*pid),
                             .start_time = static_cast<std::uint64_t>(*start_time),
                             .boot_id = *boot_id};
}

/// The entries of a file that may be absent or broken: what cannot be read is not acted on.
std::vector<os::ProcessIdentity> read_entries(const fs::path& file) {
  std::vector<os::ProcessIdentity> entries;
  const auto text = os::read_file(file, limits::kJournalFile);
  if (!text) return entries;
  const auto value = json::parse(*text);
  if (!value || !value->is_array()) return entries;
  for (const auto& each : value->get_array()) {
    if (auto entry = from_json(each)) entries.push_back(*std::move(entry));
  }
  return entries;
}

/// Ends one process; whether it had to.
bool end_orphan(const os::ProcessIdentity& process) {
  const auto ended = os::end_identified(process, limits::kOrphanLimit);
  if (!ended) {
    log::warn("worker", "a process of an earlier daemon is left: {}", ended.error().message);
    return false;
  }
  if (*ended == os::SignalResult::gone) return false;
  log::info("worker", "ended process {}, left by an earlier daemon", process.pid);
  return true;
}

/// Ends what runs in the group that an engine led. The engine itself is gone, so another group may
/// have its number by now: ours works in the run folder, where nobody else has any business.
std::size_t end_group(const os::ProcessIdentity& leader, const fs::path& run_dir) {
  if (const auto boot = os::boot_id(); !boot || *boot != leader.boot_id) return 0;
  std::size_t ended = 0;
  for (const auto& member : os::members_of_group(leader.pid)) {
    if (os::works_in(member.pid, run_dir) && end_orphan(member)) ++ended;
  }
  return ended;
}

std::size_t remove_sockets(const fs::path& run_dir) {
  std::size_t removed = 0;
  std::error_code error;
  for (fs::directory_iterator at(run_dir, error), end; !error && at != end; at.increment(error)) {
    if (!is_socket_name(at->path().filename().native())) continue;
    std::error_code ignored;
    if (fs::remove(at->path(), ignored)) ++removed;
  }
  return removed;
}

}  // namespace

void Journal::add(const os::ProcessIdentity& process) {
  running_.push_back(process);
  save();
}

void Journal::remove(pid_t pid) {
  std::erase_if(running_, [pid](const auto& each) { return each.pid == pid; });
  save();
}

Journal::Reaped Journal::reap_orphans() {
  Reaped reaped;
  for (const auto& process : read_entries(file_)) {
    if (end_orphan(process)) ++reaped.processes;
    reaped.processes += end_group(process, file_.parent_path());
  }
  reaped.sockets = remove_sockets(file_.parent_path());
  save();
  return reaped;
}

void Journal::save() const {
  json::Array entries;
  for (const auto& each : running_) entries.push_back(to_json(each));
  if (const auto saved = os::replace_file(file_, json::write(entries)); !saved) {
    log::warn("worker", "the journal of workers cannot be written: {}", saved.error().message);
  }
}

}  // namespace llf::worker
