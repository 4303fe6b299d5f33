#include "net/descriptor.hpp"

#include "net/run.hpp"
#include "os/child_process.hpp"
#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <string>
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
  auto child = os::spawn({.argv = {"/bin/sleep", "60"}, .env = {}, .cwd = {}});
  ASSERT_TRUE(child);
  auto descriptor = Descriptor::create(loop, child->pidfd());
  ASSERT_TRUE(descriptor);
  const auto early = run_until_done(loop, with_deadline(descriptor->wait_readable(), 2ms, "child"));
  EXPECT_FALSE(early);
  ASSERT_TRUE(child->send_signal(SIGTERM));
  EXPECT_TRUE(run_until_done(loop, descriptor->wait_readable()));
}

TEST(Descriptor, a_bad_descriptor_is_an_error) {
  Loop loop;
  EXPECT_EQ(Descriptor::create(loop, 9999).error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace llf::net
