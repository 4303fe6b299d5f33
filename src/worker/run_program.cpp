#include "worker/run_program.hpp"

#include "base/limits.hpp"
#include "net/descriptor.hpp"
#include "net/timer.hpp"
#include "os/child_process.hpp"
#include "os/paths.hpp"
#include "worker/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

/// What the child prints until it ends.
Task<Expected<std::string>> read_output(net::Loop& loop, os::ChildProcess& child) {
  const auto fd = child.take_out();
  auto stream = net::Descriptor::create(loop, fd.get());
  if (!stream) co_return failure(stream.error());
  auto ended = net::Descriptor::create(loop, child.pidfd());
  if (!ended) co_return failure(ended.error());
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const auto got = co_await stream->read_some(block);
    if (!got) co_return failure(got.error());
    if (*got == 0) break;
    text.append(block.data(), *got);
    if (text.size() > limits::kProbeOutput.bytes()) {
      co_return failure(ErrorKind::too_large, "its output is endless");
    }
  }
  if (auto done = co_await ended->wait_readable(); !done) co_return failure(done.error());
  co_return text;
}

}  // namespace

bool is_program(const fs::path& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::optional<fs::path> find_program(std::string_view path, std::string_view name) {
  while (!path.empty()) {
    const auto end = std::min(path.find(':'), path.size());
    const fs::path folder(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
    if (folder.is_absolute() && is_program(folder / name)) return folder / name;
  }
  return std::nullopt;
}

Task<Expected<std::string>> run_program(net::Loop& loop, std::vector<std::string> argv,
                                        Duration limit) {
  const auto shown = fmt::format("{}", fmt::join(argv, " "));
  auto child = os::spawn({.argv = std::move(argv),
                          .env = engine_environment(os::environment()),
                          .cwd = "/",
                          .err = os::Stream::as_out});
  if (!child) co_return failure(child.error());
  auto text = co_await net::with_deadline(read_output(loop, *child), limit, shown);
  if (!text) co_return failure(text.error());
  const auto status = child->try_reap();
  if (!status) co_return failure(status.error());
  if (!*status || !(*status)->success()) {
    co_return failure(
        ErrorKind::upstream,
        fmt::format("{} ended with {}: {}", shown, *status ? os::to_string(**status) : "nothing",
                    std::string_view(*text).substr(0, limits::kEngineMessage)));
  }
  co_return text;
}

}  // namespace llf::worker
