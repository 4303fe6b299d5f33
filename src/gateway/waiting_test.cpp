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

}  // namespace
}  // namespace llf::gateway
