#include "cli/line_reader.hpp"

#include "cli/test_output.hpp"
#include "os/child_process.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace llf::cli {
namespace {

/// A dumb terminal: a pipe for what is typed, a file for what is shown.
class LineReaderTest : public ::testing::Test {
 protected:
  LineReaderTest() : keys_(os::make_pipe()), signals_(os::SignalWatch::create({SIGINT, SIGTERM})) {
    EXPECT_TRUE(keys_ && signals_);
    reader_ = make_line_reader(
        {.in_fd = keys_->read.get(), .out = screen_.get(), .signals = *signals_, .history = {}});
  }

  void type(std::string_view text) {
    EXPECT_EQ(::write(keys_->write.get(), text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }

  Expected<os::Pipe> keys_;
  Expected<os::SignalWatch> signals_;
  TestOutput screen_;
  std::unique_ptr<LineReader> reader_;
};

TEST_F(LineReaderTest, lines_come_one_by_one_after_their_prompts) {
  type("a\nb\n");
  EXPECT_EQ(reader_->read("1 ").text, "a");
  EXPECT_EQ(reader_->read("2 ").text, "b");
  EXPECT_EQ(screen_.text(), "1 2 ");
}

TEST_F(LineReaderTest, the_last_line_may_lack_its_end) {
  type("a");
  keys_->write.reset();
  const auto last = reader_->read("> ");
  EXPECT_EQ(last.end, TypedLine::End::line);
  EXPECT_EQ(last.text, "a");
  EXPECT_EQ(reader_->read("> ").end, TypedLine::End::end_of_input);
}

TEST_F(LineReaderTest, a_signal_ends_the_reading) {
  ASSERT_EQ(::raise(SIGINT), 0);
  EXPECT_EQ(reader_->read("> ").end, TypedLine::End::interrupted);
  ASSERT_EQ(::raise(SIGTERM), 0);
  const auto typed = reader_->read("> ");
  EXPECT_EQ(typed.end, TypedLine::End::signal);
  EXPECT_EQ(typed.signal, SIGTERM);
}

}  // namespace
}  // namespace llf::cli
