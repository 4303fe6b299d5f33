#include "gateway/log_file.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <sys/stat.h>

namespace llf::gateway {
namespace {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) break;  // not whole yet
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

std::vector<std::string> LogFile::read_lines(std::uint64_t from) {
  std::ifstream file(path_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(from));
  std::string text(limits::kLogRead.bytes(), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  const auto whole = text.rfind('\n');
  offset_ = from + (whole == std::string::npos ? 0 : whole + 1);
  return split_lines(text);
}

std::vector<std::string> LogFile::tail(std::size_t lines) {
  struct stat facts{};
  if (::stat(path_.c_str(), &facts) != 0) return {};
  inode_ = facts.st_ino;
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  const auto from = size > limits::kLogRead.bytes() ? size - limits::kLogRead.bytes() : 0;
  auto found = read_lines(from);
  if (from > 0 && !found.empty()) found.erase(found.begin());  // cut at its front
  if (found.size() > lines) {
    found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(lines));
  }
  return found;
}

std::vector<std::string> LogFile::news() {
  struct stat facts{};
  if (::stat(path_.c_str(), &facts) != 0) return {};
  const bool rotated =
      facts.st_ino != inode_ || static_cast<std::uint64_t>(facts.st_size) < offset_;
  inode_ = facts.st_ino;
  return read_lines(rotated ? 0 : offset_);
}

}  // namespace llf::gateway
