#include "gateway/inference_ask.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

TEST(InferenceAsk, a_request_whose_worker_crashed_is_tried_once_more) {
  Order order;
  Error crash{.kind = ErrorKind::upstream, .message = "the engine ended"};
  EXPECT_TRUE(may_replay(crash, order));
  EXPECT_EQ(crash.message, "the engine ended");
  EXPECT_FALSE(may_replay(crash, order));
  EXPECT_THAT(crash.message, testing::StartsWith("this request has failed 2 times"));
}

TEST(InferenceAsk, one_whose_worker_hung_or_was_ended_is_not) {
  Order order;
  for (const auto kind : {ErrorKind::timeout, ErrorKind::conflict, ErrorKind::invalid}) {
    Error error{.kind = kind, .message = "x"};
    EXPECT_FALSE(may_replay(error, order));
    EXPECT_EQ(error.message, "x");
  }
  EXPECT_EQ(order.crashes, 0);
  order.request.grammar = true;
  Error crash{.kind = ErrorKind::upstream, .message = "x"};
  EXPECT_FALSE(may_replay(crash, order)) << "it is what engines die of";
}

}  // namespace
}  // namespace llf::gateway
