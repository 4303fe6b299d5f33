#include "gateway/inference_request.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace llf::gateway {
namespace {

constexpr std::string_view kMessages = R"("messages":[{"role":"user","content":"hi"}])";

std::string body(std::string_view fields) {
  return "{" + std::string(kMessages) + (fields.empty() ? "" : ",") + std::string(fields) + "}";
}

std::expected<InferenceRequest, ApiError> read_chat(std::string_view text) {
  return read_inference_request(Api::chat, text);
}

std::string refused_param(const std::string& text) {
  const auto request = read_chat(text);
  return request ? "accepted" : request.error().param;
}

TEST(InferenceRequest, reads_model_and_stream) {
  const auto request = read_chat(body(R"("model":"m","stream":true,"temperature":0)"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->model, ModelId("m"));
  EXPECT_TRUE(request->stream);
}

TEST(InferenceRequest, model_and_stream_may_be_left_out_or_null) {
  const auto request = read_chat(body(R"("model":null,"stream":null)"));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->model.empty());
  EXPECT_FALSE(request->stream);
}

TEST(InferenceRequest, knows_whether_the_answer_is_bound_to_a_form) {
  const auto constrained = [](std::string_view fields) {
    return read_chat(body(fields)).value().constrained;
  };
  EXPECT_TRUE(constrained(R"("response_format":{"type":"json_object"})"));
  EXPECT_TRUE(constrained(R"("grammar":"root ::= [a]")"));
  EXPECT_FALSE(constrained(R"("response_format":null)"));
  EXPECT_FALSE(constrained(R"("metadata":{"grammar":"x"})"));
}

TEST(InferenceRequest, refuses_what_is_not_an_object_with_messages) {
  for (const auto* text : {"", "[]", "3", "{", "{\"messages\":[]}", "{}", "{\"messages\":\"x\"}"}) {
    const auto request = read_chat(text);
    ASSERT_FALSE(request) << text;
    EXPECT_EQ(status_of(request.error()), 400) << text;
  }
}

TEST(InferenceRequest, names_the_field_of_a_wrong_type) {
  EXPECT_EQ(refused_param(body(R"("model":3)")), "model");
  EXPECT_EQ(refused_param(body(R"("stream":"yes")")), "stream");
}

TEST(InferenceRequest, SEC20_fields_of_the_engine_are_refused) {
  EXPECT_EQ(refused_param(body(R"("n_discard":-1)")), "n_discard");
  EXPECT_EQ(refused_param(body(R"("id_slot":0)")), "id_slot");
}

TEST(InferenceRequest, SEC34_an_image_by_url_is_refused_and_inline_data_is_not) {
  const auto with_image = [](std::string_view url) {
    return R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":")" +
           std::string(url) + R"("}}]}]})";
  };
  EXPECT_EQ(refused_param(with_image("http://127.0.0.1/x.png")), "messages");
  EXPECT_EQ(refused_param(with_image("file:///etc/passwd")), "messages");
  EXPECT_EQ(refused_param(with_image("data:image/png;base64,AA==")), "accepted");
}

TEST(InferenceRequest, SEC34_no_shape_of_an_image_gets_past) {
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

TEST(InferenceRequest, F43_a_field_given_twice_is_refused) {
  EXPECT_EQ(refused_param(body(R"("model":"a","model":"b")")), "model");
  EXPECT_EQ(refused_param(body(R"("stream":true,"\u0073tream":true)")), "stream");
  EXPECT_EQ(refused_param(body(R"("messages":[])")), "messages");
  EXPECT_EQ(refused_param(body(R"("user":"me","user":"you")")), "user");
  EXPECT_EQ(refused_param(body(R"("keep_alive":1,"keep_alive":1)")), "keep_alive");
  EXPECT_EQ(refused_param(body(R"("repetition_penalty":1,"repeat_penalty":1)")), "repeat_penalty")
      << "two names of one";
  EXPECT_EQ(refused_param(body(R"("metadata":{"a":1,"a":2})")), "accepted") << "not at the top";
}

TEST(InferenceRequest, a_chat_has_messages_tools_and_calls_of_the_right_form) {
  EXPECT_EQ(refused_param(R"({"messages":[{"content":"hi"}]})"), "messages");
  EXPECT_EQ(refused_param(body(R"("tools":[5])")), "tools");
  EXPECT_EQ(refused_param(body(R"("tool_choice":"required")")), "tool_choice") << "without tools";
  constexpr std::string_view kTools = R"("tools":[{"type":"function","function":{"name":"f"}}])";
  const auto with = [&](std::string_view choice) {
    return body(std::string(kTools) + R"(,"tool_choice":)" + std::string(choice));
  };
  EXPECT_TRUE(read_chat(with("\"required\""))->must_call);
  EXPECT_FALSE(read_chat(with("\"auto\""))->must_call);
  EXPECT_TRUE(read_chat(with(R"({"type":"function","function":{"name":"f"}})"))->must_call);
  EXPECT_EQ(refused_param(with(R"({"type":"function","function":{"name":"g"}})")), "tool_choice");
}

TEST(InferenceRequest, fields_within_that_nobody_honours_are_told_apart) {
  const auto request = read_chat(
      R"({"messages":[{"role":"user","content":"a","mood":1}],"stream_options":{"x":1}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->unknown_within,
            (std::vector<std::string>{"messages[].mood", "stream_options.x"}));
  EXPECT_TRUE(request->unknown.empty());
}

TEST(InferenceRequest, an_api_without_streams_leaves_the_wish_for_one_out) {
  for (const auto& [api, text] : {std::pair(Api::embeddings, R"({"input":"a","stream":true})"),
                                  std::pair(Api::tokenize, R"({"content":"a","stream":true})")}) {
    const auto request = read_inference_request(api, text);
    ASSERT_TRUE(request);
    EXPECT_FALSE(request->stream);
    EXPECT_EQ(request->unknown, std::vector<std::string>{"stream"});
  }
}

TEST(InferenceRequest, knows_how_many_answers_are_wanted) {
  EXPECT_EQ(read_chat(body(R"("n":3)"))->choices, 3U);
  const auto prompts = [](const std::string& prompt) {
    return read_inference_request(Api::completion, R"({"prompt":)" + prompt + "}")->prompts;
  };
  EXPECT_EQ(prompts(R"("a")"), 1U);
  EXPECT_EQ(prompts(R"(["a","b"])"), 2U);
  EXPECT_EQ(prompts("[[1,2],[3]]"), 2U);
  EXPECT_EQ(prompts("[1,2,3]"), 1U);
  EXPECT_EQ(prompts(R"(["a",2])"), 1U);
  EXPECT_TRUE(
      read_chat(body(R"("stream":true,"stream_options":{"include_usage":true})"))->include_usage);
  EXPECT_FALSE(read_chat(body(R"("stream_options":{"include_usage":true})"))->include_usage);
}

TEST(InferenceRequest, what_stands_deeper_is_not_taken_for_a_field) {
  EXPECT_EQ(refused_param(body(R"("x":{"id_slot":1,"model":2,"messages":[],"image_url":"http:"})")),
            "accepted");
  EXPECT_EQ(
      refused_param(
          R"({"messages":[{"role":"user","content":"hi","image_url":null,)"
          R"("tool_calls":[{"type":"function","function":{"name":"f","image_url":"x:"}}]}]})"),
      "accepted");
}

TEST(InferenceRequest, SEC20_values_have_types_and_ranges) {
  for (const auto* field :
       {R"("temperature":"hot")", R"("temperature":99)", R"("top_p":1.5)", R"("max_tokens":2.5)",
        R"("n":0)", R"("n":1000)", R"("stop":3)", R"("seed":-2)", R"("logprobs":"yes")",
        R"("tools":{})", R"("dry_allowed_length":-5)", R"("repetition_penalty":[])"}) {
    EXPECT_NE(refused_param(body(field)), "accepted") << field;
  }
  for (const auto* field :
       {R"("temperature":0.5)", R"("max_tokens":-1)", R"("seed":-1)", R"("n":null)",
        R"("stop":"a")", R"("stop":["a","b"])", R"("logprobs":true)", R"("max_tokens":10.0)"}) {
    EXPECT_EQ(refused_param(body(field)), "accepted") << field;
  }
  std::string stops = R"("stop":["0")";
  for (int i = 0; i < 100; ++i) stops += ",\"x\"";
  EXPECT_EQ(refused_param(body(stops + "]")), "stop");
}

TEST(InferenceRequest, fields_that_the_api_does_not_have_are_named) {
  const auto request = read_chat(body(R"("user":"me","store":true,"input":"x")"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->unknown, (std::vector<std::string>{"user", "store", "input"}));
  std::string many = R"("a":1)";
  for (int i = 0; i < 100; ++i) many += ",\"b" + std::to_string(i) + "\":1";
  EXPECT_NE(refused_param(body(many)), "accepted");
}

TEST(InferenceRequest, a_name_of_other_engines_is_known) {
  const auto request = read_chat(body(R"("repetition_penalty":1.1)"));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->rewritten);
  EXPECT_TRUE(request->unknown.empty());
}

TEST(InferenceRequest, knows_what_can_be_gone_on_with) {
  const auto plain = [](Api api, const std::string& text) {
    return read_inference_request(api, text).value().plain;
  };
  EXPECT_TRUE(plain(Api::chat, body(R"("n":1,"logprobs":false,"tools":null)")));
  EXPECT_FALSE(plain(Api::chat, body(R"("n":2)")));
  EXPECT_FALSE(plain(Api::chat, body(R"("tools":[{"type":"function","function":{"name":"f"}}])")));
  EXPECT_FALSE(plain(Api::chat, body(R"("logprobs":true)")));
  EXPECT_TRUE(read_inference_request(Api::chat, body(R"("logprobs":true)"))->logprobs);
  EXPECT_FALSE(read_inference_request(Api::chat, body(R"("logprobs":false)"))->logprobs);
  EXPECT_FALSE(plain(Api::chat, body(R"("response_format":{"type":"json_object"})")));
  EXPECT_TRUE(plain(Api::completion, R"({"prompt":"a"})"));
  EXPECT_FALSE(plain(Api::completion, R"({"prompt":["a"]})"));
}

TEST(InferenceRequest, knows_how_long_its_model_is_to_stay) {
  EXPECT_EQ(read_chat(body(R"("keep_alive":"5m")"))->keep_alive, std::chrono::seconds(300));
  EXPECT_EQ(read_chat(body(R"("keep_alive":-1)"))->keep_alive, std::chrono::seconds(-1));
  EXPECT_FALSE(read_chat(body(R"("keep_alive":null)"))->keep_alive);
  EXPECT_TRUE(read_chat(body(R"("keep_alive":5)"))->unknown.empty());
  EXPECT_EQ(refused_param(body(R"("keep_alive":"soon")")), "keep_alive");
}

TEST(InferenceRequest, each_api_has_its_own_fields) {
  const auto missing = [](Api api, std::string_view text) {
    const auto request = read_inference_request(api, text);
    return request ? "none" : request.error().param;
  };
  EXPECT_EQ(missing(Api::completion, R"({"prompt":"a"})"), "none");
  EXPECT_EQ(missing(Api::completion, body("")), "prompt");
  EXPECT_EQ(missing(Api::embeddings, R"({"input":["a"],"encoding_format":"base64"})"), "none");
  EXPECT_EQ(missing(Api::embeddings, R"({"input":[]})"), "input");
  EXPECT_EQ(missing(Api::embeddings, R"({"input":[{"x":1}]})"), "input");
  EXPECT_EQ(missing(Api::rerank, R"({"query":"a","documents":["b"]})"), "none");
  EXPECT_EQ(missing(Api::rerank, R"({"query":"a"})"), "documents");
  EXPECT_EQ(missing(Api::tokenize, R"({"content":"a","with_pieces":true})"), "none");
  EXPECT_EQ(missing(Api::detokenize, R"({"tokens":[1]})"), "none");
  EXPECT_EQ(missing(Api::count_tokens, body("")), "none");
}

TEST(InferenceRequest, SEC21_schemas_and_grammars_have_limits) {
  EXPECT_EQ(refused_param(body(R"("response_format":{"type":"json_schema","json_schema":)"
                               R"({"schema":{"$ref":"http://x/"}}})")),
            "response_format");
  EXPECT_EQ(refused_param(body("\"grammar\":\"" + std::string(60, '(') + "\"")), "grammar");
  EXPECT_EQ(refused_param(body(R"("tools":[{"type":"function","function":{"name":"f",)"
                               R"("parameters":{"maxItems":9999}}}])")),
            "tools");
}

}  // namespace
}  // namespace llf::gateway
