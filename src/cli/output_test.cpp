#include "cli/output.hpp"

#include "cli/interruption.hpp"
#include "cli/test_output.hpp"

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
  auto signals = os::SignalWatch::create({SIGINT});
  ASSERT_TRUE(signals);
  for (const int flags : {0, O_NONBLOCK}) {
    const auto pipe = make_full_pipe();
    ASSERT_EQ(::fcntl(pipe.write.get(), F_SETFL, flags), 0);
    Output out(pipe.write.get(), {});
    TestOutput err;
    Interruption interruption(*signals, out, err.get());
    ASSERT_EQ(::raise(SIGINT), 0);
    // The second time the signal has been taken.
    for (const std::string_view text : {"a", "\n"}) {
      const auto written = out.write(text);
      ASSERT_FALSE(written);
      EXPECT_EQ(written.error().kind, ErrorKind::cancelled);
    }
    EXPECT_EQ(interruption.signal(), SIGINT);
  }
}

TEST(Output, a_write_that_outgrows_a_pipe_is_given_up_when_interrupted) {
  auto signals = os::SignalWatch::create({SIGINT});
  ASSERT_TRUE(signals);
  auto pipe = os::make_pipe();
  ASSERT_TRUE(pipe);
  Output out(pipe->write.get(), {});
  TestOutput err;
  const Interruption interruption(*signals, out, err.get());
  ASSERT_EQ(::raise(SIGINT), 0);
  const auto written = out.write(std::string(1 << 20, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::cancelled);
}

TEST(Output, an_interrupted_output_writes_what_need_not_wait) {
  auto signals = os::SignalWatch::create({SIGINT});
  ASSERT_TRUE(signals);
  TestOutput out;
  TestOutput err;
  const Interruption interruption(*signals, out.get(), err.get());
  ASSERT_EQ(::raise(SIGINT), 0);
  EXPECT_TRUE(out.get().write("a"));
  EXPECT_EQ(out.text(), "a");
}

TEST(Output, a_file_is_no_terminal) {
  TestOutput out;
  EXPECT_EQ(open_output(out.get().fd()).color(), text::Color::off);
}

}  // namespace
}  // namespace llf::cli
