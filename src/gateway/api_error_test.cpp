#include "gateway/api_error.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

TEST(ApiError, has_the_four_fields_of_the_openai_shape) {
  EXPECT_EQ(error_body(Error{.kind = ErrorKind::too_large, .message = "32 MiB at most"}),
            R"({"error":{"message":"32 MiB at most","type":"invalid_request_error",)"
            R"("param":null,"code":"too_large"}})");
  EXPECT_EQ(error_body(ApiError({.kind = ErrorKind::not_found, .message = "no \"x\""}, "model",
                                "model_not_found")),
            R"({"error":{"message":"no \"x\"","type":"invalid_request_error",)"
            R"("param":"model","code":"model_not_found"}})");
}

TEST(ApiError, an_event_is_closed_on_both_sides) {
  const auto event = error_event(Error{.kind = ErrorKind::upstream, .message = "m"});
  EXPECT_TRUE(event.starts_with("\n\ndata: {\"error\":"));
  EXPECT_TRUE(event.ends_with("}\n\n"));
}

TEST(ApiError, a_refusal_of_the_input_keeps_the_engines_words) {
  const auto error =
      from_engine(400, R"({"error":{"code":400,"message":"'messages' is required","type":"x"}})");
  EXPECT_EQ(status_of(error), 400);
  EXPECT_EQ(error.error.message, "'messages' is required");
}

TEST(ApiError, SEC16_a_failure_of_the_engine_gives_nothing_of_it_away) {
  for (const int status : {401, 500, 501, 503, 302}) {
    const auto error = from_engine(status, R"({"error":{"message":"at 0x7ffe12345678 /home/u"}})");
    EXPECT_EQ(error.error.message.find("0x7ffe"), std::string::npos) << status;
    EXPECT_GE(status_of(error), 500) << status;
  }
}

TEST(ApiError, a_body_that_is_no_error_object_gets_words_of_ours) {
  for (const auto* body : {"", "<html>", "[]", "{\"error\":3}", "{\"error\":{\"message\":1}}"}) {
    EXPECT_EQ(from_engine(400, body).error.message, "the engine refused the request (400)");
  }
}

TEST(ApiError, of_a_model_that_failed_too_often_says_when_to_try_again) {
  const auto wait = [](ErrorKind kind, std::string_view message) {
    return model_error({.kind = kind, .message = std::string(message)}).retry_after;
  };
  EXPECT_EQ(wait(ErrorKind::unavailable,
                 "m failed too often and is not tried again for 46 s: loading m: the engine ended"),
            std::chrono::seconds(46));
  EXPECT_FALSE(wait(ErrorKind::unavailable, "there is no room"));
  EXPECT_FALSE(wait(ErrorKind::unavailable, "m is not tried again for now"));
  EXPECT_FALSE(wait(ErrorKind::upstream, "m is not tried again for 46 s"));
}

TEST(ApiError, a_long_message_is_cut) {
  const std::string body =
      R"({"error":{"message":")" + std::string(limits::kEngineMessage + 9, 'x') + "\"}}";
  EXPECT_EQ(from_engine(400, body).error.message.size(), limits::kEngineMessage);
}

}  // namespace
}  // namespace llf::gateway
