#include "cli/progress_display.hpp"

#include "cli/test_output.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

using std::chrono::seconds;

client::WorkerInfo worker(std::string_view model, std::string_view state) {
  client::WorkerInfo out;
  out.model = model;
  out.state = state;
  return out;
}

TEST(ProgressDisplay, a_line_is_drawn_and_taken_away) {
  TestOutput err({.color = text::Color::off, .rewrites = true, .columns = 80});
  {
    ProgressDisplay display(err.get());
    display.draw({.label = "thinking", .fraction = {}, .elapsed = std::chrono::milliseconds(0)});
  }
  EXPECT_EQ(err.text(), "\r⠋ thinking  0.0 s\x1b[K\r\x1b[K");
}

TEST(ProgressDisplay, nothing_is_drawn_where_a_line_cannot_be_redrawn) {
  TestOutput err;
  {
    ProgressDisplay display(err.get());
    display.draw({.label = "thinking", .fraction = {}, .elapsed = std::chrono::milliseconds(0)});
  }
  EXPECT_EQ(err.text(), "");
}

TEST(ProgressDisplay, a_loading_worker_is_what_is_waited_for) {
  auto loading = worker("b", "starting");
  loading.progress = 0.5;
  const std::vector workers{worker("a", "ready"), loading};
  const auto progress = waiting_for(workers, seconds(2));
  EXPECT_EQ(progress.label, "loading b");
  EXPECT_EQ(progress.fraction, 0.5);
  EXPECT_EQ(progress.elapsed, seconds(2));
}

TEST(ProgressDisplay, otherwise_the_model_thinks) {
  EXPECT_EQ(waiting_for(std::vector{worker("a", "ready")}, seconds(0)).label, "thinking");
  EXPECT_EQ(waiting_for({}, seconds(0)).label, "thinking");
}

TEST(ProgressDisplay, F05_a_queue_is_told) {
  auto busy = worker("a", "ready");
  busy.queued = 3;
  EXPECT_EQ(waiting_for(std::vector{busy}, seconds(0)).label, "thinking; 3 in the queue");
}

TEST(ProgressDisplay, a_worker_that_crashed_is_started_again) {
  const std::vector workers{worker("a", "backoff")};
  EXPECT_EQ(waiting_for(workers, seconds(0)).label, "starting a again");
}

}  // namespace
}  // namespace llf::cli
