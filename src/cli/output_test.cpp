#include "cli/output.hpp"

#include "cli/test_output.hpp"
#include "os/child_process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>

namespace llf::cli {
namespace {

TEST(Output, what_is_written_is_there_at_once) {
  TestOutput out;
  EXPECT_TRUE(out.get().write("a"));
  EXPECT_EQ(out.text(), "a");
  out.get().say("b");
  EXPECT_EQ(out.text(), "ab");
}

TEST(Output, a_reader_that_is_gone_is_remembered) {
  auto pipe = os::make_pipe();
  ASSERT_TRUE(pipe);
  pipe->read.reset();
  auto* before = std::signal(SIGPIPE, SIG_IGN);
  Output out(pipe->write.get(), {});
  const auto written = out.write("x");
  std::signal(SIGPIPE, before);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(out.broken());
}

TEST(Output, a_full_disk_is_an_error) {
  const os::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  Output out(full.get(), {});
  const auto written = out.write("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::io);
  EXPECT_FALSE(out.broken());
}

TEST(Output, a_write_that_would_wait_is_given_up_when_interrupted) {
  auto pipe = os::make_pipe();
  auto interrupt = os::make_pipe();
  ASSERT_TRUE(pipe && interrupt);
  ASSERT_EQ(::fcntl(pipe->write.get(), F_SETFL, O_NONBLOCK), 0);
  const std::string full(1 << 20, 'x');
  ASSERT_GT(::write(pipe->write.get(), full.data(), full.size()), 0);
  ASSERT_EQ(::write(interrupt->write.get(), "x", 1), 1);
  Output out(pipe->write.get(), {});
  out.interrupt_by(interrupt->read.get());
  const auto written = out.write(full);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::cancelled);
}

TEST(Output, a_file_is_no_terminal) {
  TestOutput out;
  EXPECT_EQ(open_output(out.get().fd()).color(), text::Color::off);
}

}  // namespace
}  // namespace llf::cli
