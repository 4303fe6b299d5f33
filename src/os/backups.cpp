#include "os/backups.hpp"

#include "base/clock.hpp"
#include "base/number.hpp"
#include "os/atomic_file.hpp"
#include "os/file_error.hpp"
#include "os/paths.hpp"
#include "os/stale_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".json";

/// The time in the name of a backup of `stem`; nothing for any other file.
std::optional<std::int64_t> time_of(std::string_view name, std::string_view stem) {
  if (!name.starts_with(stem) || !name.ends_with(kEnding)) return std::nullopt;
  name.remove_prefix(stem.size());
  name.remove_suffix(kEnding.size());
  if (!name.starts_with('-')) return std::nullopt;
  name.remove_prefix(1);
  const auto ms = parse_number<std::int64_t>(name);
  return ms && *ms >= 0 ? ms : std::nullopt;
}

}  // namespace

Backups::Backups(fs::path folder, std::string stem, std::size_t most)
    : folder_(std::move(folder)), stem_(std::move(stem)), most_(most) {}

Expected<fs::path> Backups::keep(std::string_view text) const {
  auto path = add(text);
  if (path) prune();
  return path;
}

Expected<void> Backups::replace(const fs::path& file, std::string_view before,
                                std::string_view text) const {
  const auto kept = add(before);
  if (!kept) return failure(kept.error());
  auto written = write_user_file(file, text);
  if (written) {
    prune();
  } else if (read_file(file, ByteSize(before.size())) == before) {
    std::error_code ignored;
    fs::remove(*kept, ignored);  // nothing was replaced
  }
  return written;
}

Expected<fs::path> Backups::add(std::string_view text) const {
  if (auto made = ensure_dir(folder_); !made) return failure(made.error());
  remove_stale_temporaries(folder_);
  const auto kept = list();
  if (!kept) return failure(kept.error());
  // Later than all that are there, also when the clock was set back.
  const auto ms = std::max(unix_now_ms(), kept->empty() ? 0 : kept->front().unix_ms + 1);
  auto path = folder_ / fmt::format("{}-{:013}{}", stem_, ms, kEnding);
  if (auto written = write_file_atomically(path, text); !written) return failure(written.error());
  return path;
}

void Backups::prune() const {
  const auto kept = list();
  std::error_code ignored;
  for (std::size_t i = most_; kept && i < kept->size(); ++i) fs::remove((*kept)[i].path, ignored);
}

Expected<std::vector<Backup>> Backups::list() const {
  std::vector<Backup> found;
  std::error_code error;
  fs::directory_iterator at(folder_, error);
  if (error == std::errc::no_such_file_or_directory) return found;
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    const auto ms = time_of(at->path().filename().string(), stem_);
    if (ms) found.push_back({.path = at->path(), .unix_ms = *ms});
  }
  if (error) {
    return failure(file_error("reading", folder_, FileUse::read, error.value()));
  }
  std::ranges::sort(found, std::greater(), &Backup::unix_ms);
  return found;
}

}  // namespace llf::os
