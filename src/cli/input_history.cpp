#include "cli/input_history.hpp"

#include "base/limits.hpp"
#include "os/atomic_file.hpp"
#include "os/unique_fd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace llf::cli {
namespace {

// Far more than the limit: appending chats may pass it before one loads.
constexpr auto kLargest = ByteSize(limits::kHistoryFile.bytes() * 64);

std::string escape(std::string_view entry) {
  std::string out;
  for (const char c : entry) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out;
}

std::string unescape(std::string_view line) {
  std::string out;
  bool after_backslash = false;
  for (const char c : line) {
    if (after_backslash) {
      out += c == 'n' ? '\n' : c;
      after_backslash = false;
    } else if (c == '\\') {
      after_backslash = true;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> InputHistory::load() const {
  const auto text = os::read_file(path_, kLargest);
  if (!text) return {};
  std::string_view rest = *text;
  if (rest.ends_with('\n')) rest.remove_suffix(1);
  std::size_t kept = 0;
  auto begin = rest.size() + 1;
  while (kept < limits::kHistoryEntries && begin > 0) {
    const auto end = begin > 1 ? rest.rfind('\n', begin - 2) : std::string_view::npos;
    const auto previous = end == std::string_view::npos ? 0 : end + 1;
    if (rest.size() - previous >= limits::kHistoryFile.bytes()) break;
    begin = previous;
    ++kept;
  }
  rest.remove_prefix(std::min(begin, rest.size()));
  if (text->size() > limits::kHistoryFile.bytes()) {
    // Only comfort is lost when it cannot be cut.
    static_cast<void>(os::write_file_atomically(path_, std::string(rest) + "\n", 0600));
  }
  std::vector<std::string> entries;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    entries.push_back(unescape(rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return entries;
}

Expected<void> InputHistory::append(std::string_view entry) const {
  if (entry.size() > limits::kHistoryEntry.bytes()) return {};
  const os::UniqueFd fd(
      ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  const auto what = fmt::format("writing {}", path_.native());
  if (!fd) return failure(errno_error(what, errno));
  const auto line = escape(entry) + "\n";
  // One write: lines of two chats never mix.
  if (::write(fd.get(), line.data(), line.size()) < 0) return failure(errno_error(what, errno));
  return {};
}

}  // namespace llf::cli
