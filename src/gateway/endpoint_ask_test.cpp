#include "gateway/endpoint_ask.hpp"

#include <gtest/gtest.h>

#include <string>

namespace llf::gateway {
namespace {

TEST(EndpointAsk, F48_a_status_says_whether_another_one_is_asked) {
  for (const int status : {200, 400, 404, 413, 422, 500, 501}) {
    EXPECT_EQ(judge(status), Judgement::answer) << status;
  }
  for (const int status : {401, 403}) EXPECT_EQ(judge(status), Judgement::elsewhere) << status;
  for (const int status : {502, 503, 504, 529}) {
    EXPECT_EQ(judge(status), Judgement::model) << status;
  }
  EXPECT_EQ(judge(429), Judgement::busy);
}

TEST(EndpointAsk, F48_each_refusal_becomes_one_of_ours) {
  const auto told = [](int status, std::string_view body) {
    const auto error = from_endpoint("office", status, {{"Retry-After", "7"}}, body);
    EXPECT_EQ(error.retry_after.has_value(), status != 401);
    return std::to_string(status_of(error)) + " " + error.error.message;
  };
  EXPECT_EQ(told(400, R"({"error":{"message":"bad"}})"),
            "400 the endpoint 'office' answered 400: bad");
  EXPECT_EQ(told(429, R"({"error":"slow"})"), "429 the endpoint 'office' answered 429: slow");
  EXPECT_EQ(told(422, R"({"detail":"field"})"), "400 the endpoint 'office' answered 422: field");
  EXPECT_EQ(told(503, R"({"message":"later"})"), "502 the endpoint 'office' answered 503: later");
  EXPECT_EQ(told(500, "<html>"), "502 the endpoint 'office' answered 500");
  EXPECT_EQ(told(404, R"({"detail":[{"msg":"x"}]})"), "404 the endpoint 'office' answered 404");
  EXPECT_EQ(told(401, R"({"error":{"message":"your key sk-1 is wrong"}})"),
            "502 the endpoint 'office' refuses llf's key (401): set endpoints.office.api_key");
}

TEST(EndpointAsk, a_long_message_is_cut) {
  const auto error = from_endpoint("office", 400, {},
                                   R"({"error":{"message":")" + std::string(100'000, 'x') + "\"}}");
  EXPECT_LT(error.error.message.size(), 10'000);
  EXPECT_FALSE(error.retry_after);
}

}  // namespace
}  // namespace llf::gateway
