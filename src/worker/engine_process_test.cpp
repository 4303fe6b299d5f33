#include "worker/engine_process.hpp"

#include "net/run.hpp"
#include "os/atomic_file.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::UnorderedElementsAre;

constexpr std::string_view kSocket = "w-0000002a.sock";

pid_t number_in(std::string_view text) {
  pid_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

struct Process : testing::Test {
  os::TestFolder folder;
  net::Loop loop;
  std::vector<std::string> lines;

  Expected<std::unique_ptr<EngineProcess>> start(const std::string& script) {
    return EngineProcess::start(loop, {.argv = {"/bin/sh", "-c", script},
                                       .env = {"PATH=/usr/bin:/bin"},
                                       .run_dir = folder.path(),
                                       .socket_name = std::string(kSocket)});
  }

  os::ExitStatus run(EngineProcess& process) {
    const auto status = net::run_until_done(
        loop, process.run([this](std::string_view line) { lines.emplace_back(line); }));
    EXPECT_TRUE(status);
    return status.value_or(os::ExitStatus());
  }
};

TEST_F(Process, every_line_of_both_streams_is_there_when_it_has_ended) {
  const auto process = start("echo out; echo err >&2; printf 'no end'; exit 5");
  ASSERT_TRUE(process) << process.error().message;
  EXPECT_EQ(os::to_string(run(**process)), "exit code 5");
  EXPECT_THAT(lines, UnorderedElementsAre("out", "err", "no end"));
}

TEST_F(Process, an_old_socket_is_removed_before_and_the_new_one_after) {
  const auto socket = folder / std::string(kSocket);
  ASSERT_TRUE(os::write_file_atomically(socket, "old"));
  {
    const auto process = start("[ -e w-0000002a.sock ] && echo stale; echo new >w-0000002a.sock");
    ASSERT_TRUE(process);
    EXPECT_EQ((*process)->endpoint().unix_path, socket.native());
    run(**process);
    EXPECT_TRUE(lines.empty());
    EXPECT_TRUE(fs::exists(socket)) << "engines leave it behind";
  }
  EXPECT_FALSE(fs::exists(socket));
}

TEST_F(Process, destruction_ends_it) {
  pid_t pid = 0;
  {
    const auto process = start("exec sleep 1000");
    ASSERT_TRUE(process);
    pid = (*process)->pid();
  }
  EXPECT_FALSE(os::proc_stat(pid));
}

TEST_F(Process, a_signal_ends_it) {
  const auto process = start("exec sleep 1000");
  ASSERT_TRUE(process);
  (*process)->send_signal(SIGTERM);
  EXPECT_EQ(run(**process).value, SIGTERM);
}

TEST_F(Process, a_stream_that_somebody_else_keeps_open_is_not_waited_for) {
  // setsid takes the child out of the process group that is killed.
  const auto process = start(
      "setsid sh -c 'echo $$; exec sleep 1000' & "
      "until grep -q sleep /proc/$!/comm; do :; done; exit 0");
  ASSERT_TRUE(process);
  EXPECT_TRUE(run(**process).success());
  ASSERT_EQ(lines.size(), 1U);
  const auto escaped = os::identify(number_in(lines[0]));
  ASSERT_TRUE(escaped);
  EXPECT_TRUE(os::end_identified(*escaped, 60s));
}

TEST_F(Process, a_program_that_is_not_there_is_an_error) {
  const auto process = EngineProcess::start(loop, {.argv = {"/none/such"},
                                                   .env = {},
                                                   .run_dir = folder.path(),
                                                   .socket_name = std::string(kSocket)});
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::worker
