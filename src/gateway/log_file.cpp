#include "gateway/log_file.hpp"

#include "base/limits.hpp"

#include <algorithm>
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

LogFile::Facts LogFile::look() const {
  struct stat facts{};
  if (::stat(path_.c_str(), &facts) != 0) return {};
  return {.inode = facts.st_ino, .size = static_cast<std::uint64_t>(facts.st_size)};
}

void LogFile::open() {
  inode_ = look().inode;
  offset_ = 0;
  file_.close();
  file_.open(path_, std::ios::binary);
}

LogFile::Part LogFile::read_on() {
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(offset_));
  std::string text(limits::kLogRead.bytes(), '\0');
  file_.read(text.data(), static_cast<std::streamsize>(text.size()));
  const auto count = static_cast<std::size_t>(std::max<std::streamsize>(file_.gcount(), 0));
  const bool at_end = count < text.size();
  text.resize(count);
  const auto whole = text.rfind('\n');
  if (whole != std::string::npos) offset_ += whole + 1;
  return {.lines = split_lines(text), .at_end = at_end};
}

std::vector<std::string> LogFile::tail(std::size_t lines) {
  open();
  const auto size = look().size;
  const auto limit = limits::kLogRead.bytes();
  const bool is_cut = size > limit;
  if (is_cut) offset_ = size - limit;
  auto found = read_on().lines;
  if (is_cut && !found.empty()) found.erase(found.begin());  // cut at its front
  if (found.size() > lines) {
    found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(lines));
  }
  return found;
}

std::vector<std::string> LogFile::news() {
  // What was written before a rotation stands in the file that is still open.
  auto part = read_on();
  const auto facts = look();
  const bool rotated = facts.inode != inode_ || facts.size < offset_;
  if (!part.at_end || !rotated) return std::move(part.lines);
  open();
  for (auto& line : read_on().lines) part.lines.push_back(std::move(line));
  return std::move(part.lines);
}

}  // namespace llf::gateway
