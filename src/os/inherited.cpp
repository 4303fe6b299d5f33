#include "os/inherited.hpp"

#include "base/assert.hpp"
#include "base/number.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <linux/close_range.h>
#include <string_view>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace llf::os {
namespace {

constexpr int kFirst = 3;   // SD_LISTEN_FDS_START
constexpr int kMost = 100;  // far above what anybody leaves us
constexpr std::string_view kUnnamed = "unknown";
constexpr std::array<const char*, 3> kVariables{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};

/// The part of a list before the next colon, which is taken out of it.
std::string next_name(std::string_view& names) {
  const auto colon = std::min(names.find(':'), names.size());
  std::string name(names.substr(0, colon));
  names.remove_prefix(std::min(colon + 1, names.size()));
  return name.empty() ? std::string(kUnnamed) : name;
}

bool is_of_inheritance(std::string_view entry) {
  return std::ranges::any_of(kVariables, [entry](std::string_view name) {
    return entry.starts_with(name) && entry.substr(name.size()).starts_with('=');
  });
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::vector<NamedFd> take_inherited() {
  const auto pid = parse_number<pid_t>(env("LISTEN_PID").value_or(""));
  const auto count = parse_number<int>(env("LISTEN_FDS").value_or(""));
  const auto all_names = env("LISTEN_FDNAMES").value_or("");
  if (pid != ::getpid() || !count) return {};
  std::vector<NamedFd> all;
  std::string_view names = all_names;
  for (int fd = kFirst; fd < kFirst + std::clamp(*count, 0, kMost); ++fd) {
    auto name = next_name(names);
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) continue;
    all.push_back({.name = std::move(name), .fd = UniqueFd(fd)});
  }
  return all;
}

Error become(const Successor& successor) {
  LLF_ASSERT(!successor.argv.empty() && successor.argv[0].contains('/'));
  const int count = static_cast<int>(successor.fds.size());
  // First out of the way of each other, then to where they are looked for.
  std::vector<UniqueFd> moved;
  std::vector<std::string> names;
  for (const auto& one : successor.fds) {
    moved.emplace_back(::fcntl(one.fd.get(), F_DUPFD_CLOEXEC, kFirst + count));
    names.push_back(one.name);
  }
  for (int i = 0; i < count; ++i) {
    if (!moved[static_cast<std::size_t>(i)] ||
        ::dup2(moved[static_cast<std::size_t>(i)].get(), kFirst + i) < 0) {
      return errno_error("leaving a descriptor to the successor", errno);
    }
  }
  // Libraries open files that are not close-on-exec.
  ::close_range(static_cast<unsigned>(kFirst + count), ~0U, CLOSE_RANGE_CLOEXEC);
  auto argv = successor.argv;
  auto environment = successor.env;
  std::erase_if(environment, is_of_inheritance);
  if (count > 0) {
    environment.push_back(fmt::format("LISTEN_PID={}", ::getpid()));
    environment.push_back(fmt::format("LISTEN_FDS={}", count));
    environment.push_back(fmt::format("LISTEN_FDNAMES={}", fmt::join(names, ":")));
  }
  ::execve(argv[0].c_str(), pointers_to(argv).data(), pointers_to(environment).data());
  return errno_error(fmt::format("starting {}", successor.argv[0]), errno);
}

}  // namespace llf::os
