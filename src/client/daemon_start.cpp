#include "client/daemon_start.hpp"

#include "json/json.hpp"
#include "net/address.hpp"
#include "os/child_process.hpp"
#include "os/file_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace llf::client {
namespace {

using std::chrono::milliseconds;

/// Waits for `fd` to be readable until `deadline`: false when the time is over.
Expected<bool> wait_readable(int fd, MonoTime deadline) {
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - mono_now());
    pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::max<long>(left.count(), 0)));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return failure(errno_error("waiting for llfd", errno));
  }
}

/// The daemon's one line; empty when it ended without one.
Expected<std::string> await_line(int fd, Duration limit) {
  const auto deadline = mono_now() + limit;
  std::string line;
  std::array<char, 4096> buffer{};
  while (line.size() < limits::kReadinessLine.bytes()) {
    const auto ready = wait_readable(fd, deadline);
    if (!ready) return failure(ready.error());
    if (!*ready) {
      return failure(ErrorKind::timeout,
                     fmt::format("llfd is not ready after {} s",
                                 std::chrono::ceil<std::chrono::seconds>(limit).count()));
    }
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno_error("waiting for llfd", errno));
    line.append(buffer.data(), static_cast<std::size_t>(count));
    if (count == 0 || line.ends_with('\n')) break;
  }
  return line;
}

Error with_log(const Error& error, const os::Paths& paths) {
  return {.kind = error.kind,
          .message = fmt::format("{}; its log is {}", error.message, paths.daemon_log().native())};
}

/// Waits for a daemon that no longer listens but has not ended yet.
Expected<void> await_end(const os::Paths& paths, Duration limit) {
  auto lock = os::FileLock::acquire(paths.daemon_lock(), limit);
  if (lock) return {};
  if (lock.error().kind != ErrorKind::timeout) return failure(lock.error());
  return failure(with_log({.kind = ErrorKind::timeout,
                           .message = "an llfd runs that does not answer (its process id is in " +
                                      paths.pid_file().native() + ")"},
                          paths));
}

/// Runs llfd until it says that it is ready, or why not.
Expected<void> start(const os::Paths& paths, const DaemonProgram& program) {
  auto environment = daemon_environment();
  if (!environment) return failure(environment.error());
  auto pipe = os::make_pipe();
  if (!pipe) return failure(pipe.error());
  os::DaemonOptions options{.argv = {program.path.native()},
                            .env = std::move(*environment),
                            .keep_fd = pipe->write.get()};
  options.argv.insert(options.argv.end(), program.arguments.begin(), program.arguments.end());
  options.argv.emplace_back("--ready-fd");
  options.argv.push_back(std::to_string(pipe->write.get()));
  if (auto spawned = os::spawn_daemon(options); !spawned) return failure(spawned.error());
  pipe->write.reset();
  const auto line = await_line(pipe->read.get(), program.limit);
  if (!line) return failure(with_log(line.error(), paths));
  if (line->empty()) {
    return failure(with_log(
        {.kind = ErrorKind::unavailable, .message = "llfd ended before it was ready"}, paths));
  }
  return read_readiness(*line);
}

}  // namespace

Expected<std::vector<std::string>> daemon_environment() {
  auto environment = os::environment();
  for (const std::string_view name : {"LLF_ENGINE=", "LLF_MODELS="}) {
    const auto entry = std::ranges::find_if(
        environment, [&](const std::string& one) { return one.starts_with(name); });
    if (entry == environment.end() || entry->size() == name.size()) continue;
    std::error_code error;
    const auto path = std::filesystem::absolute(entry->substr(name.size()), error);
    if (error) return failure(errno_error("finding the current folder", error.value()));
    *entry = std::string(name) + path.native();
  }
  return environment;
}

bool daemon_listens(const os::Paths& paths) {
  return net::is_served(paths.socket().native());
}

Expected<std::filesystem::path> find_daemon_program() {
  auto self = os::executable_path();
  if (!self) return failure(self.error());
  auto path = self->parent_path() / "llfd";
  if (::access(path.c_str(), X_OK) == 0) return path;
  return failure(ErrorKind::not_found,
                 fmt::format("{} is missing: install llf again", path.native()));
}

Expected<Started> ensure_daemon(const os::Paths& paths, const DaemonProgram& program) {
  if (daemon_listens(paths)) return Started::was_running;
  if (auto made = os::ensure_run_dir(paths); !made) return failure(made.error());
  const auto lock = os::FileLock::acquire(paths.start_lock(), program.limit + limits::kStopLimit);
  if (!lock) return failure(lock.error().with_context("another llf is starting llfd"));
  if (daemon_listens(paths)) return Started::was_running;
  if (auto ended = await_end(paths, limits::kStopLimit); !ended) return failure(ended.error());
  if (auto started = start(paths, program); !started) return failure(started.error());
  return Started::now;
}

Expected<void> check_daemon(const os::Paths& paths, DaemonProgram program) {
  program.arguments.emplace_back("--check");
  return start(paths, program);
}

Expected<void> wait_until_gone(const os::Paths& paths, Duration limit) {
  if (auto made = os::ensure_run_dir(paths); !made) return failure(made.error());
  // Who starts a daemon must not find its lock taken by us.
  const auto lock = os::FileLock::acquire(paths.start_lock(), limit);
  if (!lock) return failure(lock.error().with_context("another llf is starting llfd"));
  return await_end(paths, limit);
}

Expected<void> read_readiness(std::string_view line) {
  const auto value = json::parse(line);
  const auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) {
    return failure(ErrorKind::upstream, "llfd said something that llf does not understand");
  }
  if (const auto error = json::get_string(*object, "error")) {
    const auto kind = json::get_string_or(*object, "kind", "unavailable").value_or("unavailable");
    return failure(error_kind_from_name(kind), *error);
  }
  if (json::get_flag(*object, "ready").value_or(false)) return {};
  return failure(ErrorKind::upstream, "llfd did not say whether it is ready");
}

}  // namespace llf::client
