#include "cli/interruption.hpp"

#include "cli/test_output.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace llf::cli {
namespace {

class InterruptionTest : public ::testing::Test {
 protected:
  InterruptionTest()
      : signals_(os::SignalWatch::create({SIGINT, SIGTERM, SIGWINCH, SIGCONT})),
        full_(make_full_pipe()) {
    EXPECT_TRUE(signals_);
  }

  Expected<os::SignalWatch> signals_;
  os::Pipe full_;
  Output out_{full_.write.get(), {}};
  Output err_{full_.write.get(), {}};
};

TEST_F(InterruptionTest, the_first_signal_that_ends_programs_is_kept) {
  Interruption interruption(*signals_, out_, err_);
  EXPECT_EQ(interruption.signal(), 0);
  ::raise(SIGTERM);
  EXPECT_EQ(interruption.signal(), SIGTERM);
  ::raise(SIGINT);
  EXPECT_EQ(interruption.signal(), SIGTERM);
}

TEST_F(InterruptionTest, a_change_of_the_window_and_a_continuation_mean_nothing) {
  Interruption interruption(*signals_, out_, err_);
  ::raise(SIGWINCH);
  ::raise(SIGCONT);
  EXPECT_EQ(interruption.signal(), 0);
}

TEST_F(InterruptionTest, both_outputs_give_up) {
  const Interruption interruption(*signals_, out_, err_);
  ::raise(SIGINT);
  EXPECT_FALSE(out_.write("x"));
  EXPECT_FALSE(err_.write("x"));
}

TEST_F(InterruptionTest, at_its_end_the_outputs_know_no_signal_any_more) {
  {
    const Interruption interruption(*signals_, out_, err_);
  }
  TestOutput file;
  {
    const Interruption interruption(*signals_, file.get(), err_);
  }
  ::raise(SIGINT);
  EXPECT_TRUE(file.get().write("x"));
  EXPECT_EQ(signals_->take(), SIGINT);
}

}  // namespace
}  // namespace llf::cli
