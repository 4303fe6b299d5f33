#include "gateway/engine_body.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

std::string body(const std::string& client, const Additions& additions) {
  const auto request = read_inference_request(Api::chat, client);
  EXPECT_TRUE(request);
  const auto made = engine_body(client, *request, additions);
  return made ? *made : made.error().error.message;
}

Additions warm() {
  Additions additions;
  additions.inference.temperature = 0.5;
  additions.inference.max_tokens = 9;
  return additions;
}

TEST(EngineBody, is_the_clients_bytes_when_nothing_is_added) {
  const std::string client = R"( {"messages" : [{"role":"user"}] , "stop":"x"})";
  EXPECT_EQ(body(client, {}), client);
}

TEST(EngineBody, has_no_field_that_the_api_does_not_have) {
  EXPECT_EQ(
      body(R"({"user":"me","messages":[{"role":"user"}],"store":{"a":[1]} , "stop":"x"})", {}),
      R"({"messages":[{"role":"user"}],"stop":"x"})");
  EXPECT_EQ(body(R"({"messages" : [{"role":"user"}] , "keep_alive":"5m"})", {}),
            R"({"messages":[{"role":"user"}]})");
  EXPECT_EQ(body(R"({"messages":[{"role":"user"}],"\u0075ser":1,"metadata":{}})", warm()),
            R"({"messages":[{"role":"user"}],"temperature":0.5,"max_tokens":9})");
}

TEST(EngineBody, a_long_name_is_left_out_as_well) {
  const std::string name(limits::kSkimmedText + 10, 'x');
  EXPECT_EQ(body(R"({"messages":[{"role":"user"}],")" + name + "\":1}", {}),
            R"({"messages":[{"role":"user"}]})");
}

TEST(EngineBody, calls_fields_as_the_engine_does) {
  EXPECT_EQ(body(R"({"messages":[{"role":"user"}],"repetition_penalty":1.1,"top_k":2})", {}),
            R"({"messages":[{"role":"user"}],"repeat_penalty":1.1,"top_k":2})");
}

TEST(EngineBody, a_server_elsewhere_gets_what_its_dialect_has) {
  auto additions = warm();
  additions.inference.repeat_penalty = 1.5;
  additions.elsewhere = Recipient{.dialect = config::Dialect::openai, .model = "theirs"};
  EXPECT_EQ(
      body(R"({"model":"mine","messages":[{"role":"user"}],"top_k":3,"user":"me","keep_alive":1})",
           additions),
      R"({"messages":[{"role":"user"}],"user":"me","model":"theirs","temperature":0.5,)"
      R"("max_tokens":9})");
  additions.elsewhere->dialect = config::Dialect::vllm;
  EXPECT_EQ(
      body(R"({"messages":[{"role":"user"}],"top_k":3,"max_tokens":null,"model":null})", additions),
      R"({"messages":[{"role":"user"}],"top_k":3,"model":"theirs","temperature":0.5,)"
      R"("max_tokens":9,"repetition_penalty":1.5})");
}

TEST(EngineBody, of_an_api_without_values_gets_none) {
  const std::string client = R"({"input":"a"})";
  const auto request = read_inference_request(Api::embeddings, client);
  ASSERT_TRUE(request);
  EXPECT_EQ(engine_body(client, *request, warm()), client);
}

TEST(EngineBody, gets_the_values_that_the_request_does_not_give) {
  EXPECT_EQ(body(R"( {"messages":[{"role":"user"}]} )", warm()),
            R"( {"messages":[{"role":"user"}],"temperature":0.5,"max_tokens":9} )");
  EXPECT_EQ(body(R"({"messages":[{"role":"user"}],"temperature":1})", warm()),
            R"({"messages":[{"role":"user"}],"temperature":1,"max_tokens":9})");
  EXPECT_EQ(
      body(R"({"messages":[{"role":"user"}],"max_completion_tokens":1,"temperature":1})", warm()),
      R"({"messages":[{"role":"user"}],"max_completion_tokens":1,"temperature":1})");
}

TEST(EngineBody, gets_values_in_the_place_of_null) {
  const auto made =
      body(R"({"max_tokens":null,"messages":[{"role":"user"}],"temperature":null,"top_p":null})",
           warm());
  const auto value = json::parse(made);
  ASSERT_TRUE(value) << made;
  EXPECT_EQ(value->at("max_tokens"), 9);
  EXPECT_EQ(value->at("temperature"), 0.5);
  EXPECT_TRUE(value->at("top_p").is_null());
}

TEST(EngineBody, keeps_everything_else_of_a_request_with_a_prompt) {
  auto additions = warm();
  additions.prompt = prompt::Template{};
  additions.prompt->system = "Be kind.";
  EXPECT_EQ(
      body(R"({"messages":[{"role":"user","content":"hi"}], "logit_bias":{"7":1}})", additions),
      R"({"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":)"
      R"("hi"}], "logit_bias":{"7":1},"temperature":0.5,"max_tokens":9})");
}

TEST(EngineBody, of_too_many_messages_for_a_template_is_refused) {
  std::string client = R"({"messages":[{"role":"user"})";
  for (std::size_t i = 0; i < limits::kTemplatedMessages; ++i) client += R"(,{"role":"user"})";
  client += "]}";
  EXPECT_EQ(body(client, {}), client);
  Additions additions;
  additions.prompt = prompt::Template{};
  EXPECT_THAT(body(client, additions), testing::HasSubstr("has 10001"));
}

TEST(EngineBody, the_choice_of_one_tool_is_that_tool_alone) {
  EXPECT_EQ(body(R"({"messages":[{"role":"user"}],"tools":[{"type":"function","function":)"
                 R"({"name":"f"}},{"type":"function","function":{"name":"g"}}],)"
                 R"("tool_choice":{"type":"function","function":{"name":"g"}}})",
                 {}),
            R"({"messages":[{"role":"user"}],"tools":[{"type":"function","function":)"
            R"({"name":"g"}}],"tool_choice":"required"})");
}

TEST(EngineBody, log_probabilities_of_no_other_token_are_asked_for_so) {
  EXPECT_EQ(body(R"({"messages":[{"role":"user"}],"logprobs":true})", {}),
            R"({"messages":[{"role":"user"}],"logprobs":true,"top_logprobs":1})");
  EXPECT_EQ(body(R"({"messages":[{"role":"user"}],"top_logprobs":0,"logprobs":true})", {}),
            R"({"messages":[{"role":"user"}],"logprobs":true,"top_logprobs":1})");
  EXPECT_EQ(body(R"({"messages":[{"role":"user"}],"top_logprobs":2,"logprobs":true})", {}),
            R"({"messages":[{"role":"user"}],"top_logprobs":2,"logprobs":true})");
}

TEST(EngineBody, several_answers_are_asked_for_as_a_stream) {
  EXPECT_EQ(body(R"({"messages":[{"role":"user"}],"n":2,"stream":false})", {}),
            R"({"messages":[{"role":"user"}],"n":2,"stream":true,)"
            R"("stream_options":{"include_usage":true}})");
  const std::string streamed = R"({"messages":[{"role":"user"}],"n":2,"stream":true})";
  EXPECT_EQ(body(streamed, {}), streamed);
}

}  // namespace
}  // namespace llf::gateway
