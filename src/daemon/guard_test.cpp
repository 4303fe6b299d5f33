#include "daemon/guard.hpp"

#include "base/limits.hpp"
#include "net/loop.hpp"
#include "net/run.hpp"
#include "net/task_group.hpp"
#include "net/timer.hpp"
#include "os/atomic_file.hpp"
#include "os/file_lock.hpp"
#include "os/process_facts.hpp"
#include "os/unique_fd.hpp"
#include "worker/journal.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace llf::daemon {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr pid_t kNobody = 0x3fffffff;

class Guarded : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = "/tmp/llf-guard-XXXXXX";  // short: sockets live in it
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    home_ = folder;
    auto paths = os::resolve_paths({.home = home_});
    ASSERT_TRUE(paths);
    paths_ = *std::move(paths);
    ASSERT_TRUE(os::ensure_run_dir(paths_));
    temporary_ = paths_.run_dir / fmt::format(".workers.json.{}.1.tmp", kNobody);
    ASSERT_TRUE(os::replace_file(temporary_, "["));
    ASSERT_TRUE(os::replace_file(paths_.pid_file(), "1"));
    ASSERT_TRUE(os::replace_file(paths_.run_dir / "w-0123abcd.sock", ""));
    listener_ = listen_on(paths_.socket());
  }
  void TearDown() override { fs::remove_all(home_); }

  static os::UniqueFd listen_on(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    os::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd.get(), 1), 0);
    return fd;
  }

  /// The exit code of a guard, in a process of its own since it changes how signals are taken.
  [[nodiscard]] int guard_exit_code() const {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(run_guard(home_, kNobody));
    int status = -1;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  [[nodiscard]] bool all_there() const {
    return fs::exists(temporary_) && fs::exists(paths_.pid_file()) && fs::exists(paths_.socket());
  }

  std::string home_;
  os::Paths paths_;
  fs::path temporary_;
  os::UniqueFd listener_;
};

TEST_F(Guarded, F17_what_a_killed_daemon_left_is_removed) {
  listener_.reset();
  EXPECT_EQ(guard_exit_code(), 0);
  EXPECT_FALSE(fs::exists(temporary_));
  EXPECT_FALSE(fs::exists(paths_.pid_file()));
  EXPECT_FALSE(fs::exists(paths_.socket()));
  EXPECT_FALSE(fs::exists(paths_.run_dir / "w-0123abcd.sock"));
}

TEST_F(Guarded, the_next_daemon_is_left_alone) {
  const auto lock = os::FileLock::try_acquire(paths_.daemon_lock());
  ASSERT_TRUE(lock && *lock);
  EXPECT_EQ(guard_exit_code(), 0);
  EXPECT_TRUE(all_there());
}

TEST_F(Guarded, F11_a_socket_that_somebody_serves_stays) {
  worker::Journal journal(paths_.worker_journal());
  clear_remains(paths_, journal);
  EXPECT_TRUE(fs::exists(paths_.socket()));
  EXPECT_FALSE(fs::exists(temporary_));
}

Task<void> watch_one_end(net::Loop& loop) {
  auto guard = os::spawn({.argv = {"/bin/sleep", "1000"}, .env = {}, .cwd = "/"});
  EXPECT_TRUE(guard);
  const auto pid = guard->pid();
  net::TaskGroup tasks(loop, "test");
  tasks.spawn(keep_guard(loop, "", std::move(guard)));
  EXPECT_TRUE(os::end_identified(*os::identify(pid), limits::kOrphanLimit));
  while (::kill(pid, 0) == 0) static_cast<void>(co_await net::sleep_for(1ms));
  EXPECT_EQ(errno, ESRCH) << "a guard that ends is reaped";
  tasks.cancel();
  co_await tasks.join();
}

TEST(KeepGuard, leaves_no_zombie) {
  net::Loop loop;
  static_cast<void>(net::run_until_done(loop, watch_one_end(loop)));
}

Task<void> cancel_at_once(net::Loop& loop) {
  auto guard = os::spawn({.argv = {"/bin/sleep", "1000"}, .env = {}, .cwd = "/"});
  EXPECT_TRUE(guard);
  const auto pid = guard->pid();
  net::TaskGroup tasks(loop, "test");
  tasks.spawn(keep_guard(loop, "", std::move(guard)));
  tasks.cancel();
  co_await tasks.join();
  EXPECT_EQ(::kill(pid, 0), -1) << "it ends with its daemon";
}

TEST(KeepGuard, ends_the_guard_when_the_daemon_ends) {
  net::Loop loop;
  static_cast<void>(net::run_until_done(loop, cancel_at_once(loop)));
}

}  // namespace
}  // namespace llf::daemon
