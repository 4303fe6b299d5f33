#include "gateway/waiting.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

TEST(WaitingText, tells_a_load_and_a_place_in_the_queue) {
  worker::WorkerStatus worker;
  EXPECT_EQ(waiting_text(std::nullopt, 0), "ping");
  EXPECT_EQ(waiting_text(worker, 0), "ping") << "it does not load";
  worker.progress = 0.424;
  EXPECT_EQ(waiting_text(worker, 0), "loading 42 %");
  EXPECT_EQ(waiting_text(std::nullopt, 3), "queued 3");
}

TEST(WaitedText, tells_how_long_and_what_took_longer) {
  using std::chrono::milliseconds;
  EXPECT_EQ(waited_text(milliseconds(100), milliseconds(2)), "wait_ms=102; reason=queue");
  EXPECT_EQ(waited_text({}, milliseconds(2)), "wait_ms=2; reason=load");
}

}  // namespace
}  // namespace llf::gateway
