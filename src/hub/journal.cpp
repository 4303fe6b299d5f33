#include "hub/journal.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"
#include "os/atomic_file.hpp"
#include "os/file_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace llf::hub {
namespace {

constexpr std::string_view kVersion = "llf-part 1";
constexpr std::string_view kSynced = "synced";

/// The first line but for the boot.
std::string identity_line(const PartIdentity& identity) {
  std::string tag = identity.tag;
  std::ranges::replace_if(tag, [](char c) { return c == ' ' || c == '\n'; }, '_');
  return fmt::format("{} {} {}", kVersion, identity.size, tag);
}

std::optional<Range> parse_range(std::string_view line, std::uint64_t size) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto begin = parse_number<std::uint64_t>(line.substr(0, space));
  const auto end = parse_number<std::uint64_t>(line.substr(space + 1));
  if (!begin || !end || *begin >= *end || *end > size) return std::nullopt;
  return Range{.begin = *begin, .end = *end};
}

/// What a journal says: all of it when it is of this boot, else what is certain to be on disk. A
/// last line that was cut says nothing.
RangeSet read_journal(std::string_view text, std::string_view head, std::uint64_t size,
                      std::string_view boot) {
  RangeSet all;
  RangeSet certain;
  bool same_boot = false;
  bool first = true;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (std::exchange(first, false)) {
      if (!line.starts_with(head) || line.size() <= head.size() || line[head.size()] != ' ') {
        return {};
      }
      same_boot = line.substr(head.size() + 1) == boot;
    } else if (line == kSynced) {
      certain = all;
    } else if (const auto range = parse_range(line, size)) {
      all.add(*range);
    } else {
      break;
    }
  }
  return same_boot ? all : certain;
}

}  // namespace

Journal::Journal(std::filesystem::path path, std::string head)
    : path_(std::move(path)), head_(std::move(head)) {}

Expected<Journal> Journal::open(const std::filesystem::path& path, const PartIdentity& identity,
                                const std::string& boot) {
  const auto head = identity_line(identity);
  Journal journal(path, fmt::format("{} {}\n", head, boot));
  const auto text = os::read_file(path, limits::kJournalText);
  if (text) journal.written_ = read_journal(*text, head, identity.size, boot);
  if (auto begun = journal.begin_anew(); !begun) return failure(begun.error());
  return journal;
}

/// Writes what is known as a short journal in the place of the one that is there.
Expected<void> Journal::begin_anew() {
  auto text = head_;
  for (const auto& range : written_.ranges()) {
    text += fmt::format("{} {}\n", range.begin, range.end);
  }
  // What was certain, or lies in the page cache of a machine that has not been off since, is synced
  // by whoever calls synced next.
  if (auto written = os::replace_file(path_, text); !written) return failure(written.error());
  fd_.reset(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!fd_) return failure(os::file_error("opening", path_, os::FileUse::write, errno));
  return {};
}

Expected<void> Journal::append(std::string_view line) {
  const auto text = fmt::format("{}\n", line);
  const auto put = ::write(fd_.get(), text.data(), text.size());
  if (std::cmp_equal(put, text.size())) return {};
  return failure(os::file_error("writing", path_, os::FileUse::write, put < 0 ? errno : ENOSPC));
}

Expected<void> Journal::note(Range range) {
  if (range.begin >= range.end) return {};
  if (auto put = append(fmt::format("{} {}", range.begin, range.end)); !put) return put;
  written_.add(range);
  return {};
}

Expected<void> Journal::synced() {
  return append(kSynced);
}

Expected<void> Journal::reset() {
  written_ = {};
  return begin_anew();
}

}  // namespace llf::hub
