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

constexpr std::string_view kVersion = "llf-part 1 ";
constexpr std::string_view kSynced = "synced";

/// The first line but for the boot.
std::string identity_line(const PartIdentity& identity) {
  std::string tag = identity.tag;
  std::ranges::replace_if(tag, [](char c) { return c == ' ' || c == '\n'; }, '_');
  return fmt::format("{}{} {}", kVersion, identity.size, tag);
}

/// What a journal says.
struct Notes {
  std::string identity;  ///< as of identity_line
  std::string boot;
  std::uint64_t size = 0;
  RangeSet all;
  RangeSet certain;  ///< what of it was on the disk

  /// What holds now: a machine that was started anew since may have lost the rest.
  [[nodiscard]] const RangeSet& at(std::string_view now) const {
    return !now.empty() && now == boot ? all : certain;
  }
};

std::optional<Notes> parse_head(std::string_view line) {
  if (!line.starts_with(kVersion)) return std::nullopt;
  const auto space = line.rfind(' ');
  const auto size_and_tag = line.substr(kVersion.size());
  const auto size = parse_number<std::uint64_t>(size_and_tag.substr(0, size_and_tag.find(' ')));
  if (!size || space < kVersion.size()) return std::nullopt;
  return Notes{.identity = std::string(line.substr(0, space)),
               .boot = std::string(line.substr(space + 1)),
               .size = *size,
               .all = {},
               .certain = {}};
}

std::optional<Range> parse_range(std::string_view line, std::uint64_t size) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto begin = parse_number<std::uint64_t>(line.substr(0, space));
  const auto end = parse_number<std::uint64_t>(line.substr(space + 1));
  if (!begin || !end || *begin >= *end || *end > size) return std::nullopt;
  return Range{.begin = *begin, .end = *end};
}

/// Nothing for what is no journal. A line that is none ends it, and one that was cut says nothing.
std::optional<Notes> parse_notes(std::string_view text) {
  std::optional<Notes> notes;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!notes) {
      notes = parse_head(line);
      if (!notes) return std::nullopt;
    } else if (line == kSynced) {
      notes->certain = notes->all;
    } else if (const auto range = parse_range(line, notes->size)) {
      notes->all.add(*range);
    } else {
      break;
    }
  }
  return notes;
}

std::optional<Notes> read_notes(const std::filesystem::path& path) {
  const auto text = os::read_file(path, limits::kJournalText);
  return text ? parse_notes(*text) : std::nullopt;
}

}  // namespace

Journal::Journal(std::filesystem::path path, std::string head)
    : path_(std::move(path)), head_(std::move(head)) {}

Expected<Journal> Journal::open(const std::filesystem::path& path, const PartIdentity& identity,
                                const std::string& boot) {
  const auto own = identity_line(identity);
  Journal journal(path, fmt::format("{} {}\n", own, boot));
  if (const auto notes = read_notes(path); notes && notes->identity == own) {
    journal.written_ = notes->at(boot);
    journal.certain_ = notes->certain;
  }
  if (auto begun = journal.begin_anew(); !begun) return failure(begun.error());
  return journal;
}

std::uint64_t Journal::look(const std::filesystem::path& path, std::uint64_t size,
                            const std::string& boot) {
  const auto notes = read_notes(path);
  return notes && notes->size == size ? notes->at(boot).total() : 0;
}

/// Writes what is known as a short journal in the place of the one that is there, which must not
/// come back: what it tells of may be overwritten from now on.
Expected<void> Journal::begin_anew() {
  auto text = head_;
  const auto add = [&](const RangeSet& ranges) {
    for (const auto& range : ranges.ranges()) {
      text += fmt::format("{} {}\n", range.begin, range.end);
    }
  };
  if (certain_.total() > 0) {
    add(certain_);
    text += fmt::format("{}\n", kSynced);
  }
  if (written_ != certain_) add(written_);
  if (auto put = os::write_file_atomically(path_, text); !put) return failure(put.error());
  fd_.reset(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!fd_) return failure(os::file_error("opening", path_, os::FileUse::write, errno));
  return {};
}

Expected<void> Journal::append(std::string_view line) {
  const auto text = fmt::format("{}\n", line);
  const auto put = ::write(fd_.get(), text.data(), text.size());
  if (std::cmp_equal(put, text.size())) return {};
  return broken("writing", put < 0 ? errno : ENOSPC);
}

Expected<void> Journal::broken(std::string_view doing, int error_number) {
  fd_.reset();
  return failure(os::file_error(doing, path_, os::FileUse::write, error_number));
}

Expected<void> Journal::note(Range range) {
  if (range.begin >= range.end) return {};
  if (auto put = append(fmt::format("{} {}", range.begin, range.end)); !put) return put;
  written_.add(range);
  return {};
}

Expected<void> Journal::synced() {
  if (auto put = append(kSynced); !put) return put;
  if (::fdatasync(fd_.get()) != 0) return broken("syncing", errno);
  return {};
}

Expected<void> Journal::reset() {
  written_ = {};
  certain_ = {};
  return begin_anew();
}

}  // namespace llf::hub
