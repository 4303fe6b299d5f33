#include "gateway/answer.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

TEST(Answer, json_is_declared_as_json) {
  const auto response = json_response(json::Object{{"status", "ok"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("content-type"), "application/json");
  EXPECT_EQ(response.body, R"({"status":"ok"})");
}

TEST(Answer, an_error_has_the_status_of_its_kind) {
  const auto response = error_response(Error{.kind = ErrorKind::not_found, .message = "m"});
  EXPECT_EQ(response.status, 404);
  EXPECT_FALSE(response.headers.contains("retry-after"));
}

TEST(Answer, what_may_work_later_says_when) {
  const auto response = error_response(Error{.kind = ErrorKind::unavailable, .message = "m"});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.get("retry-after"), "1");
}

TEST(Answer, what_was_unloaded_is_not_to_be_asked_for_again) {
  const auto response = error_response(Error{.kind = ErrorKind::conflict, .message = "m"});
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.headers.get("x-should-retry"), "false");
}

TEST(Answer, a_refusal_of_net_keeps_its_status_and_gets_our_shape) {
  const auto response = refusal_response({.status = 431,
                                          .kind = ErrorKind::too_large,
                                          .code = "headers_too_large",
                                          .message = "too many headers"});
  EXPECT_EQ(response.status, 431);
  EXPECT_EQ(response.body, R"({"error":{"message":"too many headers",)"
                           R"("type":"invalid_request_error","param":null,)"
                           R"("code":"headers_too_large"}})");
}

TEST(Answer, says_when_to_come_again_where_that_is_known) {
  ApiError error(Error{.kind = ErrorKind::rate_limited, .message = "slow down"});
  EXPECT_FALSE(error_response(error).headers.contains("retry-after"));
  error.retry_after = std::chrono::seconds(7);
  const auto response = error_response(error);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.get("retry-after"), "7");
}

}  // namespace
}  // namespace llf::gateway
