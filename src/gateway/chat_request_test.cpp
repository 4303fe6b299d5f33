#include "gateway/chat_request.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

constexpr std::string_view kMessages = R"("messages":[{"role":"user","content":"hi"}])";

std::string body(std::string_view fields) {
  return "{" + std::string(kMessages) + (fields.empty() ? "" : ",") + std::string(fields) + "}";
}

std::string refused_param(const std::string& text) {
  const auto request = read_chat_request(text);
  return request ? "accepted" : request.error().param;
}

TEST(ChatRequest, reads_model_and_stream) {
  const auto request = read_chat_request(body(R"("model":"m","stream":true,"temperature":0)"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->model, ModelId("m"));
  EXPECT_TRUE(request->stream);
}

TEST(ChatRequest, model_and_stream_may_be_left_out_or_null) {
  const auto request = read_chat_request(body(R"("model":null,"stream":null)"));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->model.empty());
  EXPECT_FALSE(request->stream);
}

TEST(ChatRequest, knows_whether_the_answer_is_bound_to_a_form) {
  const auto constrained = [](std::string_view fields) {
    return read_chat_request(body(fields)).value().constrained;
  };
  EXPECT_TRUE(constrained(R"("response_format":{"type":"json_object"})"));
  EXPECT_TRUE(constrained(R"("grammar":"root ::= [a]")"));
  EXPECT_FALSE(constrained(R"("response_format":null)"));
  EXPECT_FALSE(constrained(R"("metadata":{"grammar":"x"})"));
}

TEST(ChatRequest, refuses_what_is_not_an_object_with_messages) {
  for (const auto* text : {"", "[]", "3", "{", "{\"messages\":[]}", "{}", "{\"messages\":\"x\"}"}) {
    const auto request = read_chat_request(text);
    ASSERT_FALSE(request) << text;
    EXPECT_EQ(status_of(request.error()), 400) << text;
  }
}

TEST(ChatRequest, names_the_field_of_a_wrong_type) {
  EXPECT_EQ(refused_param(body(R"("model":3)")), "model");
  EXPECT_EQ(refused_param(body(R"("stream":"yes")")), "stream");
}

TEST(ChatRequest, SEC20_fields_of_the_engine_are_refused) {
  EXPECT_EQ(refused_param(body(R"("n_discard":-1)")), "n_discard");
  EXPECT_EQ(refused_param(body(R"("id_slot":0)")), "id_slot");
}

TEST(ChatRequest, SEC34_an_image_by_url_is_refused_and_inline_data_is_not) {
  const auto with_image = [](std::string_view url) {
    return R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":")" +
           std::string(url) + R"("}}]}]})";
  };
  EXPECT_EQ(refused_param(with_image("http://127.0.0.1/x.png")), "messages");
  EXPECT_EQ(refused_param(with_image("file:///etc/passwd")), "messages");
  EXPECT_EQ(refused_param(with_image("data:image/png;base64,AA==")), "accepted");
}

TEST(ChatRequest, SEC34_no_shape_of_an_image_gets_past) {
  const auto with = [](std::string_view image) {
    return R"({"messages":[{"role":"user","content":[{"image_url":)" + std::string(image) +
           R"(}]},{"role":"user","content":"hi"}]})";
  };
  for (const auto* image :
       {R"("http://x/")", "null", "1", "{}", "[]", R"(["data:x"])", R"({"detail":"low"})",
        R"({"url":null})", R"({"url":["data:x"]})", R"({"url":{"url":"data:x"}})",
        R"({"detail":{"url":"data:x"}})", R"({"url":"data:x","url":"http://x/"})",
        R"({"url":"http://x/","url":"data:x"})"}) {
    EXPECT_EQ(refused_param(with(image)), "messages") << image;
  }
  for (const auto* image :
       {R"("data:x")", R"({"url":"data:x"})", R"({"detail":"low","url":"data:x"})",
        R"({"url":"data:x","more":{"a":[1]}})"}) {
    EXPECT_EQ(refused_param(with(image)), "accepted") << image;
  }
}

TEST(ChatRequest, of_a_field_given_twice_the_last_counts) {
  const auto request =
      read_chat_request(body(R"("model":3,"model":"m","stream":true,"stream":false)"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->model, ModelId("m"));
  EXPECT_FALSE(request->stream);
  EXPECT_EQ(refused_param(body(R"("messages":[])")), "messages");
}

TEST(ChatRequest, what_stands_deeper_is_not_taken_for_a_field) {
  EXPECT_EQ(refused_param(body(R"("x":{"id_slot":1,"model":2,"messages":[],"image_url":"http:"})")),
            "accepted");
  EXPECT_EQ(refused_param(R"({"messages":[{"role":"user","content":"hi","image_url":null,)"
                          R"("tool_calls":[{"function":{"image_url":"http://x/"}}]}]})"),
            "accepted");
}

}  // namespace
}  // namespace llf::gateway
