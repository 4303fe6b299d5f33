#include "store/hash_marks.hpp"

#include "base/limits.hpp"
#include "os/atomic_file.hpp"
#include "os/block_reader.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kStep = limits::kPart.bytes();
static_assert(kStep % Sha256::kBlock == 0);
static_assert(kStep % limits::kHashRead.bytes() == 0);

constexpr int kHexBase = 16;
constexpr std::size_t kHexOfWord = 8;

std::string marks_head() {
  return fmt::format("llf-marks 1 {}\n", kStep);
}

std::optional<Sha256State> parse_state(std::string_view line) {
  Sha256State state{};
  if (line.size() != state.size() * kHexOfWord) return std::nullopt;
  for (auto& word : state) {
    const auto* begin = line.data();
    const auto* end = begin + kHexOfWord;
    const auto read = std::from_chars(begin, end, word, kHexBase);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    line.remove_prefix(kHexOfWord);
  }
  return state;
}

fs::path marks_file(const fs::path& folder, const Digest& sha256) {
  return folder / sha256.hex();
}

std::unexpected<Error> hashing_stopped() {
  return failure(ErrorKind::cancelled, "hashing was stopped");
}

}  // namespace

void add_range(std::vector<ByteRange>& ranges, ByteRange range) {
  if (range.size() == 0) return;
  if (!ranges.empty() && ranges.back().end == range.begin) {
    ranges.back().end = range.end;
  } else {
    ranges.push_back(range);
  }
}

std::string HashMarks::text() const {
  auto text = marks_head();
  for (const auto& state : states) {
    for (const auto word : state) text += fmt::format("{:08x}", word);
    text += '\n';
  }
  return text;
}

std::optional<HashMarks> HashMarks::parse(std::string_view text) {
  const auto head = marks_head();
  if (!text.starts_with(head)) return std::nullopt;
  text.remove_prefix(head.size());
  HashMarks marks;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto state = parse_state(text.substr(0, end));
    if (!state || end == std::string_view::npos) return std::nullopt;
    marks.states.push_back(*state);
    text.remove_prefix(end + 1);
  }
  return marks;
}

void MarkingSha256::add(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min<std::uint64_t>(bytes.size(), kStep - bytes_ % kStep));
    hash_.add(part);
    bytes_ += part.size();
    bytes = bytes.subspan(part.size());
    if (bytes_ % kStep == 0) marks_.states.push_back(hash_.state());
  }
}

Expected<HashedFile> hash_file(const fs::path& path, const HashProgress& progress) {
  const auto reader = os::BlockReader::open(path);
  if (!reader) return failure(reader.error());
  MarkingSha256 hash;
  for (std::uint64_t done = 0;;) {
    const auto bytes = (*reader)->next();
    if (!bytes) return failure(bytes.error());
    if (bytes->empty()) {
      return HashedFile{.sha256 = hash.finish(), .size = done, .marks = hash.marks()};
    }
    hash.add(*bytes);
    done += bytes->size();
    if (!progress(done)) return hashing_stopped();
  }
}

void save_marks(const fs::path& folder, const Digest& sha256, const HashMarks& marks) {
  if (folder.empty() || !os::ensure_dir(folder)) return;
  static_cast<void>(os::replace_file(marks_file(folder, sha256), marks.text()));
}

std::optional<HashMarks> load_marks(const fs::path& folder, const Digest& sha256) {
  const auto text = os::read_file(marks_file(folder, sha256), limits::kJournalText);
  return text ? HashMarks::parse(*text) : std::nullopt;
}

Expected<std::vector<ByteRange>> find_damage(const fs::path& path, const RightFile& right,
                                             const HashProgress& progress) {
  const auto reader = os::BlockReader::open(path);
  if (!reader) return failure(reader.error());
  std::vector<ByteRange> damage;
  std::uint64_t done = 0;
  for (std::size_t part = 0;; ++part) {
    const auto begin = done;
    Sha256 hash;
    if (part > 0) hash.resume(right.marks.states[part - 1], begin);
    const auto end = begin + kStep;
    while (done < end) {
      const auto bytes = (*reader)->next();
      if (!bytes) return failure(bytes.error());
      if (bytes->empty()) break;
      hash.add(*bytes);
      done += bytes->size();
      if (!progress(done)) return hashing_stopped();
    }
    const bool marked = part < right.marks.states.size();
    if (marked ? done < end || hash.state() != right.marks.states[part]
               : hash.finish() != right.sha256) {
      add_range(damage, {.begin = begin, .end = done});
    }
    if (!marked || done < end) return damage;
  }
}

}  // namespace llf::store
