#include "os/child_process.hpp"

#include "os/process_facts.hpp"
#include "os/test_folder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace llf::os {
namespace {

constexpr int kSafetyMs = 60'000;

void await(int fd) {
  pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&wait, 1, kSafetyMs), 1);
}

std::string read_to_end(int fd) {
  std::string all;
  std::array<char, 4096> block{};
  for (;;) {
    await(fd);
    const auto got = ::read(fd, block.data(), block.size());
    if (got <= 0) return all;
    all.append(block.data(), static_cast<std::size_t>(got));
  }
}

ExitStatus status_of(ChildProcess& child) {
  await(child.pidfd());
  const auto status = child.try_reap();
  if (!status || !*status) {
    ADD_FAILURE() << "no status";
    return {};
  }
  return **status;
}

bool is_running(ChildProcess& child) {
  const auto status = child.try_reap();
  return status && !status->has_value();
}

SpawnOptions shell(const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script}, .env = {"PATH=/usr/bin:/bin"}, .cwd = "/"};
}

std::string output_of(SpawnOptions options) {
  auto child = spawn(options);
  if (!child) return child.error().message;
  return read_to_end(child->take_out().get());
}

TEST(Spawn, status_and_both_streams_arrive) {
  auto child = spawn(shell("echo out; echo err >&2; exit 7"));
  ASSERT_TRUE(child) << child.error().message;
  EXPECT_EQ(read_to_end(child->take_out().get()), "out\n");
  EXPECT_EQ(read_to_end(child->take_err().get()), "err\n");
  EXPECT_EQ(to_string(status_of(*child)), "exit code 7");
}

TEST(Spawn, both_streams_can_share_one_pipe) {
  auto options = shell("echo 1; echo 2 >&2; echo 3");
  options.err = Stream::as_out;
  EXPECT_EQ(output_of(options), "1\n2\n3\n");
}

TEST(Spawn, environment_and_folder_are_exactly_what_was_asked) {
  const TestFolder folder;
  const auto text =
      output_of({.argv = {"/usr/bin/env"}, .env = {"A=1", "B=two words"}, .cwd = folder.path()});
  EXPECT_EQ(text, "A=1\nB=two words\n");
  auto options = shell("pwd -P");
  options.cwd = folder.path();
  EXPECT_EQ(output_of(options), std::filesystem::canonical(folder.path()).native() + "\n");
}

TEST(Spawn, stdin_is_empty) {
  EXPECT_EQ(output_of(shell("cat; readlink /proc/self/fd/0")), "/dev/null\n");
}

TEST(Spawn, no_descriptor_of_ours_reaches_the_child) {
  // Not close-on-exec on purpose: a library may forget it.
  const UniqueFd leaky(::open("/dev/null", O_RDONLY));
  ASSERT_GT(leaky.get(), 2);
  // ls has one of its own for the folder that it lists.
  EXPECT_EQ(output_of({.argv = {"/bin/ls", "/proc/self/fd"}, .env = {}, .cwd = "/"}),
            "0\n1\n2\n3\n");
}

TEST(Spawn, signals_are_the_default_ones_in_the_child) {
  const auto old_handler = ::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigset_t old_mask;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &set, &old_mask), 0);
  const auto text = output_of(
      {.argv = {"/bin/grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"}, .env = {}, .cwd = "/"});
  static_cast<void>(::pthread_sigmask(SIG_SETMASK, &old_mask, nullptr));
  static_cast<void>(::signal(SIGPIPE, old_handler));
  EXPECT_EQ(text, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Spawn, a_missing_program_is_named) {
  const auto child = spawn({.argv = {"/none/such"}, .env = {}, .cwd = "/"});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().kind, ErrorKind::not_found);
  EXPECT_EQ(child.error().message, "starting /none/such: No such file or directory");
}

TEST(Spawn, a_missing_folder_is_an_error_not_a_running_child) {
  auto options = shell("exit 0");
  options.cwd = "/none/such";
  const auto child = spawn(options);
  ASSERT_FALSE(child);
  EXPECT_TRUE(child.error().message.contains("entering its folder"));
}

TEST(Spawn, failures_leave_no_descriptor_and_no_zombie) {
  const auto count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = count();
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(spawn({.argv = {"/none/such"}, .env = {}, .cwd = "/"}));
    EXPECT_TRUE(spawn(shell("exit 0")));
  }
  EXPECT_EQ(count(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(ChildProcess, runs_until_it_is_told_to_end) {
  auto child = spawn({.argv = {"/bin/sleep", "1000"}, .env = {}, .cwd = "/"});
  ASSERT_TRUE(child);
  EXPECT_TRUE(is_running(*child));
  EXPECT_TRUE(child->send_signal(SIGTERM));
  EXPECT_EQ(to_string(status_of(*child)), "signal 15 (Terminated)");
  EXPECT_TRUE(child->send_signal(SIGKILL)) << "a child that has ended is no error";
  EXPECT_EQ((*child->try_reap())->value, SIGTERM) << "the status stays";
}

TEST(ChildProcess, its_own_children_go_with_it) {
  // The background child holds the pipe open: its end is only reached when that child is gone too.
  auto child = spawn(shell("sleep 1000 & echo started; exit 0"));
  ASSERT_TRUE(child);
  const auto out = child->take_out();
  EXPECT_TRUE(status_of(*child).success());
  EXPECT_EQ(read_to_end(out.get()), "started\n");
}

TEST(ChildProcess, destruction_kills_and_reaps) {
  pid_t pid = -1;
  {
    auto child = spawn({.argv = {"/bin/sleep", "1000"}, .env = {}, .cwd = "/"});
    ASSERT_TRUE(child);
    pid = child->pid();
    auto moved = std::move(*child);
    EXPECT_EQ(moved.pid(), pid);
  }
  EXPECT_FALSE(proc_stat(pid));
}

TEST(ChildProcess, assignment_ends_the_old_one) {
  auto one = spawn({.argv = {"/bin/sleep", "1000"}, .env = {}, .cwd = "/"});
  auto two = spawn({.argv = {"/bin/sleep", "1000"}, .env = {}, .cwd = "/"});
  ASSERT_TRUE(one && two);
  const auto first = one->pid();
  const auto second = two->pid();
  *one = std::move(*two);
  EXPECT_FALSE(proc_stat(first));
  EXPECT_EQ(one->pid(), second);
  EXPECT_TRUE(proc_stat(second));
}

// The parent here is a process of its own, so that it can die.
TEST(ChildProcess, dies_with_its_parent_even_by_sigkill) {
  auto report = make_pipe();
  ASSERT_TRUE(report);
  const pid_t parent = ::fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    const auto child = spawn({.argv = {"/bin/sleep", "1000"},
                              .env = {},
                              .cwd = "/",
                              .out = Stream::null,
                              .err = Stream::null});
    const pid_t pid = child ? child->pid() : -1;
    static_cast<void>(!::write(report->write.get(), &pid, sizeof pid));
    static_cast<void>(::raise(SIGKILL));
  }
  pid_t orphan = -1;
  ASSERT_EQ(::read(report->read.get(), &orphan, sizeof orphan), ssize_t{sizeof orphan});
  ASSERT_GT(orphan, 0);
  int status = 0;
  ASSERT_EQ(::waitpid(parent, &status, 0), parent);
  // Killed at once; until init reaps it, it may be a zombie.
  for (int i = 0; i < kSafetyMs / 10; ++i) {
    const auto stat = proc_stat(orphan);
    if (!stat || stat->state == 'Z') return;
    static_cast<void>(::poll(nullptr, 0, 10));
  }
  FAIL() << "process " << orphan << " outlived its parent";
}

TEST(SpawnDaemon, has_nothing_in_common_with_us) {
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  const UniqueFd leaky(::open("/dev/null", O_RDONLY));
  const auto fd = pipe->write.get();
  const auto script = fmt::format(
      "exec 1>&{0} {0}>&-; pwd; umask; echo $$; ps -o sid= -p $$ | tr -d ' '; "
      "readlink /proc/$$/fd/0 /proc/$$/fd/2; ls /proc/$$/fd | wc -l",
      fd);
  const auto started = spawn_daemon({.argv = {"/bin/bash", "--norc", "-c", script},
                                     .env = {"PATH=/usr/bin:/bin"},
                                     .keep_fd = fd});
  ASSERT_TRUE(started) << started.error().message;
  pipe->write.reset();
  const auto text = read_to_end(pipe->read.get());
  const auto mask = ::umask(0);
  ::umask(mask);
  EXPECT_TRUE(text.starts_with(fmt::format("/\n{:04o}\n", mask))) << text;
  EXPECT_TRUE(text.contains("/dev/null\n/dev/null\n")) << text;
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "it is no child of ours";
}

TEST(SpawnDaemon, a_missing_program_is_named) {
  const auto started = spawn_daemon({.argv = {"/none/such"}, .env = {}});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::os
