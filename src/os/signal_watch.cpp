#include "os/signal_watch.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace llf::os {
namespace {

// A handler can only reach what is static.
std::array<volatile std::sig_atomic_t, NSIG> g_pending{};
volatile std::sig_atomic_t g_event = -1;
std::array<struct sigaction, NSIG> g_before{};

bool ends_programs(int number) {
  return number == SIGINT || number == SIGTERM || number == SIGHUP;
}

void remember(int number) {
  const int saved = errno;
  auto& pending = g_pending[static_cast<std::size_t>(number)];
  if (pending != 0 && ends_programs(number)) ::_exit(128 + number);
  pending = 1;
  const std::uint64_t one = 1;
  static_cast<void>(::write(g_event, &one, sizeof one));
  errno = saved;
}

}  // namespace

Expected<SignalWatch> SignalWatch::create(std::initializer_list<int> numbers) {
  LLF_ASSERT(g_event < 0);
  UniqueFd fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!fd) return failure(errno_error("watching signals", errno));
  SignalWatch watch(std::move(fd));
  g_event = watch.fd();
  for (const int number : numbers) {
    const auto index = static_cast<std::size_t>(number);
    if (number < 1 || index >= g_pending.size()) {
      return failure(ErrorKind::invalid, fmt::format("{} is no signal", number));
    }
    g_pending[index] = 0;
    struct sigaction action{};
    action.sa_handler = remember;  // without SA_RESTART: system calls are to be interrupted
    if (::sigaction(number, &action, &g_before[index]) != 0) {
      return failure(errno_error(fmt::format("catching signal {}", number), errno));
    }
    watch.numbers_.push_back(number);
  }
  return watch;
}

SignalWatch::~SignalWatch() {
  if (!fd_) return;
  for (const int number : numbers_) {
    ::sigaction(number, &g_before[static_cast<std::size_t>(number)], nullptr);
  }
  g_event = -1;
}

std::optional<int> SignalWatch::take() {
  std::uint64_t count = 0;
  static_cast<void>(::read(fd_.get(), &count, sizeof count));
  std::optional<int> found;
  bool more = false;
  for (const int number : numbers_) {
    auto& pending = g_pending[static_cast<std::size_t>(number)];
    if (pending == 0) continue;
    if (found) {
      more = true;
    } else {
      found = number;
      pending = 0;
    }
  }
  const std::uint64_t one = 1;
  if (more) static_cast<void>(::write(fd_.get(), &one, sizeof one));
  return found;
}

void block_signals() {
  sigset_t all;
  sigfillset(&all);
  static_cast<void>(::sigprocmask(SIG_BLOCK, &all, nullptr));
}

}  // namespace llf::os
