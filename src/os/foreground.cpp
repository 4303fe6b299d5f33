#include "os/foreground.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace llf::os {
namespace {

/// Ignores a signal as long as it lives.
class Ignored {
 public:
  explicit Ignored(int signal) : signal_(signal) {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(signal, &ignore, &before_);
  }
  Ignored(const Ignored&) = delete;
  Ignored& operator=(const Ignored&) = delete;
  ~Ignored() { ::sigaction(signal_, &before_, nullptr); }

 private:
  int signal_;
  struct sigaction before_ = {};
};

/// What a spawned program is told about signals: the default for those that we ignore.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGQUIT, SIGPIPE}) ::sigaddset(&signals, signal);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }

  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_ = {};
};

}  // namespace

Expected<ExitStatus> run_in_foreground(const std::vector<std::string>& argv) {
  auto words = argv;
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const Ignored interrupt(SIGINT);
  const Ignored quit(SIGQUIT);
  const SpawnAttributes attributes;
  pid_t pid = -1;
  const int failed =
      ::posix_spawnp(&pid, pointers.front(), nullptr, attributes.get(), pointers.data(), environ);
  if (failed != 0) return failure(errno_error(fmt::format("starting {}", argv.front()), failed));
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return failure(errno_error("waiting for " + argv.front(), errno));
  }
  if (WIFSIGNALED(status)) {
    return ExitStatus{.cause = ExitStatus::Cause::signaled, .value = WTERMSIG(status)};
  }
  return ExitStatus{.cause = ExitStatus::Cause::exited, .value = WEXITSTATUS(status)};
}

}  // namespace llf::os
