#include "net/descriptor.hpp"

#include "net/run.hpp"
#include "net/signals.hpp"
#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

struct Pipe {
  Pipe() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::pipe2(fds.data(), O_CLOEXEC | O_NONBLOCK), 0);
    out.reset(fds[0]);
    in.reset(fds[1]);
  }
  os::UniqueFd out;
  os::UniqueFd in;
};

Task<Expected<std::string>> read_text(Descriptor& descriptor) {
  std::array<char, 16> buffer{};
  const auto got = co_await descriptor.read_some(buffer);
  if (!got) co_return failure(got.error());
  co_return std::string(buffer.data(), *got);
}

TEST(Descriptor, reads_a_pipe_to_its_end) {
  Loop loop;
  Pipe pipe;
  auto descriptor = Descriptor::create(loop, pipe.out.get());
  ASSERT_TRUE(descriptor);
  ASSERT_EQ(::write(pipe.in.get(), "hello", 5), 5);
  EXPECT_EQ(run_until_done(loop, read_text(*descriptor)), "hello");
  // The descriptor's other end writes while somebody waits.
  loop.post([&pipe] { EXPECT_EQ(::write(pipe.in.get(), "more", 4), 4); });
  EXPECT_EQ(run_until_done(loop, read_text(*descriptor)), "more");
  pipe.in.reset();
  EXPECT_EQ(run_until_done(loop, read_text(*descriptor)), "");
}

TEST(Descriptor, a_wait_can_be_cancelled_and_begun_again) {
  Loop loop;
  Pipe pipe;
  auto descriptor = Descriptor::create(loop, pipe.out.get());
  const auto late = run_until_done(loop, with_deadline(read_text(*descriptor), 2ms, "pipe"));
  EXPECT_EQ(late.error().kind, ErrorKind::timeout);
  ASSERT_EQ(::write(pipe.in.get(), "x", 1), 1);
  EXPECT_EQ(run_until_done(loop, read_text(*descriptor)), "x");
}

TEST(Descriptor, may_be_destroyed_after_a_cancelled_wait) {
  Loop loop;
  Pipe pipe;
  {
    auto descriptor = Descriptor::create(loop, pipe.out.get());
    static_cast<void>(run_until_done(loop, with_deadline(read_text(*descriptor), 1ms, "pipe")));
    ASSERT_EQ(::write(pipe.in.get(), "x", 1), 1);
  }
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  auto again = Descriptor::create(loop, pipe.out.get());
  EXPECT_EQ(run_until_done(loop, read_text(*again)), "x");
}

TEST(Descriptor, a_pidfd_is_readable_when_its_process_has_ended) {
  Loop loop;
  Pipe pipe;
  const auto child = ::fork();
  if (child == 0) {
    char c = 0;
    pipe.in.reset();
    ::fcntl(pipe.out.get(), F_SETFL, 0);
    static_cast<void>(!::read(pipe.out.get(), &c, 1));
    ::_exit(0);
  }
  const os::UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  ASSERT_TRUE(pidfd);
  auto descriptor = Descriptor::create(loop, pidfd.get());
  ASSERT_TRUE(descriptor);
  const auto early = run_until_done(loop, with_deadline(descriptor->wait_readable(), 2ms, "child"));
  EXPECT_FALSE(early);
  pipe.in.reset();
  EXPECT_TRUE(run_until_done(loop, descriptor->wait_readable()));
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST(Descriptor, a_bad_descriptor_is_an_error) {
  Loop loop;
  EXPECT_EQ(Descriptor::create(loop, 9999).error().kind, ErrorKind::io);
}

TEST(Signals, are_handed_over_in_order_even_when_nobody_waits) {
  Loop loop;
  auto signals = Signals::create(loop, {SIGUSR1, SIGUSR2});
  ASSERT_TRUE(signals);
  ::raise(SIGUSR1);
  EXPECT_EQ(run_until_done(loop, signals->wait()), SIGUSR1);
  loop.post([] { ::raise(SIGUSR2); });
  EXPECT_EQ(run_until_done(loop, signals->wait()), SIGUSR2);
  const auto none = run_until_done(loop, with_deadline(signals->wait(), 1ms, "signal"));
  EXPECT_EQ(none.error().kind, ErrorKind::timeout);
  ::raise(SIGUSR1);
  EXPECT_EQ(run_until_done(loop, signals->wait()), SIGUSR1);
}

TEST(Signals, a_number_that_nobody_can_catch_is_invalid) {
  Loop loop;
  EXPECT_EQ(Signals::create(loop, {SIGKILL}).error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace llf::net
