#include "client/daemon_start.hpp"

#include "os/atomic_file.hpp"
#include "os/file_lock.hpp"
#include "os/test_folder.hpp"
#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace llf::client {
namespace {

using std::chrono::seconds;

/// One home in a folder of its own, and a shell script in the place of llfd.
class DaemonStart : public ::testing::Test {
 protected:
  DaemonStart() {
    os::PathOptions options;
    options.home = folder_.path().native();
    paths_ = os::resolve_paths(options).value_or(os::Paths{});
    EXPECT_TRUE(os::ensure_run_dir(paths_));
  }

  /// A daemon that runs `script`; its readiness pipe is $ready there.
  DaemonProgram program(const std::string& script) {
    const auto path = folder_ / "llfd";
    EXPECT_TRUE(os::write_file_atomically(
        path, "#!/bin/sh\nfor last; do :; done\nready=/proc/self/fd/$last\n" + script, 0700));
    return {.path = path, .arguments = {"--on-demand"}, .limit = seconds(20)};
  }

  os::UniqueFd listen() {
    os::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = paths_.socket().native();
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    EXPECT_EQ(::bind(fd.get(), generic, sizeof address), 0);
    EXPECT_EQ(::listen(fd.get(), 4), 0);
    return fd;
  }

  os::TestFolder folder_;
  os::Paths paths_;
};

TEST_F(DaemonStart, nobody_listens_without_a_socket_or_on_a_dead_one) {
  EXPECT_FALSE(daemon_listens(paths_));
  {
    const auto fd = listen();
  }
  EXPECT_FALSE(daemon_listens(paths_));
}

TEST_F(DaemonStart, a_daemon_that_listens_is_not_started_again) {
  const auto fd = listen();
  EXPECT_TRUE(daemon_listens(paths_));
  EXPECT_EQ(ensure_daemon(paths_, program("exit 1")), Started::was_running);
}

TEST_F(DaemonStart, the_line_on_the_pipe_says_that_it_is_ready) {
  EXPECT_EQ(ensure_daemon(paths_, program("echo '{\"ready\":true,\"pid\":1}' > $ready")),
            Started::now);
}

TEST_F(DaemonStart, the_arguments_and_the_pipe_are_passed_on) {
  const auto out = (folder_ / "args").native();
  ASSERT_TRUE(ensure_daemon(
      paths_, program("echo \"$*\" > " + out + "\necho '{\"ready\":true}' > $ready")));
  const auto args = os::read_file(out, ByteSize::kib(4));
  ASSERT_TRUE(args);
  EXPECT_TRUE(args->starts_with("--on-demand --ready-fd ")) << *args;
}

TEST_F(DaemonStart, relative_paths_in_the_environment_become_absolute) {
  ::setenv("LLF_ENGINE", "bin/engine", 1);
  ::setenv("LLF_MODELS", "", 1);
  const auto out = (folder_ / "env").native();
  EXPECT_TRUE(ensure_daemon(paths_, program("echo \"$LLF_ENGINE|$LLF_MODELS\" > " + out +
                                            "\necho '{\"ready\":true}' > $ready")));
  ::unsetenv("LLF_ENGINE");
  ::unsetenv("LLF_MODELS");
  EXPECT_EQ(os::read_file(out, ByteSize::kib(4)),
            (std::filesystem::current_path() / "bin/engine").native() + "|\n");
}

TEST_F(DaemonStart, a_check_runs_the_program_though_a_daemon_listens) {
  const auto fd = listen();
  const auto out = (folder_ / "args").native();
  EXPECT_TRUE(
      check_daemon(paths_, program("echo \"$*\" > " + out + "\necho '{\"ready\":true}' > $ready")));
  const auto args = os::read_file(out, ByteSize::kib(4));
  ASSERT_TRUE(args);
  EXPECT_TRUE(args->starts_with("--on-demand --check --ready-fd ")) << *args;
}

TEST_F(DaemonStart, a_check_tells_why_it_cannot_start) {
  const auto checked = check_daemon(
      paths_, program("echo '{\"error\":\"--port: no\",\"kind\":\"invalid\"}' > $ready"));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error(), (Error{ErrorKind::invalid, "--port: no"}));
}

TEST_F(DaemonStart, its_own_error_is_told) {
  const auto started = ensure_daemon(
      paths_, program("echo '{\"error\":\"port 8000 is taken\",\"kind\":\"conflict\"}' > $ready"));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error(), (Error{ErrorKind::conflict, "port 8000 is taken"}));
}

TEST_F(DaemonStart, an_end_without_a_word_is_told_with_the_log) {
  const auto started = ensure_daemon(paths_, program("exit 3"));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::unavailable);
  EXPECT_NE(started.error().message.find(paths_.daemon_log().native()), std::string::npos);
}

TEST_F(DaemonStart, one_that_is_never_ready_is_given_up) {
  auto silent = program("sleep 1");
  silent.limit = std::chrono::milliseconds(50);
  const auto started = ensure_daemon(paths_, silent);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::timeout);
}

TEST_F(DaemonStart, a_program_that_is_missing_is_told) {
  const auto started = ensure_daemon(paths_, {.path = "/nonexistent/llfd", .arguments = {}});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::not_found);
}

TEST_F(DaemonStart, it_is_gone_when_its_lock_is_free) {
  EXPECT_TRUE(wait_until_gone(paths_, seconds(20)));
  auto lock = os::FileLock::try_acquire(paths_.daemon_lock());
  ASSERT_TRUE(lock && *lock);
  const auto gone = wait_until_gone(paths_, std::chrono::milliseconds(20));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::timeout);
}

TEST(DaemonReadiness, anything_else_is_an_error) {
  EXPECT_TRUE(read_readiness("{\"ready\":true}\n"));
  for (const std::string_view line : {"", "ready", "{}", "{\"ready\":false}", "[]"}) {
    EXPECT_FALSE(read_readiness(line)) << line;
  }
}

}  // namespace
}  // namespace llf::client
