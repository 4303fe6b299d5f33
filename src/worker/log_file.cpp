#include "worker/log_file.hpp"

#include "log/log.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

void LogFile::add(std::string_view line) {
  if (gathered_.size() + line.size() >= limits::kLogGathered) flush();
  gathered_.append(line);
  gathered_.push_back('\n');
}

void LogFile::flush() {
  if (gathered_.empty()) return;
  const auto text = std::exchange(gathered_, {});
  const auto lines = static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
  if (!fd_ && !open()) {
    log::count_dropped(lines);
    return;
  }
  if (size_ > 0 && size_ + text.size() > full_.bytes()) {
    rotate();
    if (!open()) {
      log::count_dropped(lines);
      return;
    }
  }
  const auto written = ::write(fd_.get(), text.data(), text.size());
  if (written > 0) size_ += static_cast<std::uint64_t>(written);
  if (written != static_cast<ssize_t>(text.size())) {
    log::count_dropped(lines);
    fd_.reset();
  }
}

bool LogFile::open() {
  if (!os::ensure_dir(path_.parent_path())) return false;
  fd_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  struct stat info{};
  if (!fd_ || ::fstat(fd_.get(), &info) != 0) return false;
  size_ = static_cast<std::uint64_t>(info.st_size);
  return true;
}

void LogFile::rotate() {
  fd_.reset();
  std::error_code ignored;
  for (auto number = limits::kLogFiles; number > 1; --number) {
    fs::rename(older(number - 1), older(number), ignored);
  }
  fs::rename(path_, older(1), ignored);
}

fs::path LogFile::older(std::size_t number) const {
  return fmt::format("{}.{}", path_.native(), number);
}

std::string log_file_name(std::string_view model) {
  std::string name(model.substr(0, limits::kLogFileName));
  std::ranges::replace_if(name, [](char c) { return !is_plain(c); }, '_');
  if (name != model || name.starts_with('.') || name == "llfd") {
    name = fmt::format("{}-{}", name, os::short_hash(model));
  }
  if (name.starts_with('.')) name.front() = '_';
  return name + ".log";
}

}  // namespace llf::worker
