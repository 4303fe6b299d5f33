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
  const std::string client = " {\"messages\" : [{}] , \"stop\":\"x\"}";
  EXPECT_EQ(body(client, {}), client);
}

TEST(EngineBody, has_no_field_that_the_api_does_not_have) {
  EXPECT_EQ(body(R"({"user":"me","messages":[{}],"store":{"a":[1]} , "stop":"x","user":1})", {}),
            R"({"messages":[{}],"stop":"x"})");
  EXPECT_EQ(body(R"({"messages" : [{}] , "keep_alive":"5m"})", {}), R"({"messages":[{}]})");
  EXPECT_EQ(body(R"({"messages":[{}],"\u0075ser":1,"metadata":{}})", warm()),
            R"({"messages":[{}],"temperature":0.5,"max_tokens":9})");
}

TEST(EngineBody, a_long_name_is_left_out_as_well) {
  const std::string name(limits::kSkimmedText + 10, 'x');
  EXPECT_EQ(body("{\"messages\":[{}],\"" + name + "\":1}", {}), R"({"messages":[{}]})");
}

TEST(EngineBody, calls_fields_as_the_engine_does) {
  EXPECT_EQ(body(R"({"messages":[{}],"repetition_penalty":1.1,"\u0072epetition_penalty":1.2})", {}),
            R"({"messages":[{}],"repeat_penalty":1.1,"repeat_penalty":1.2})");
}

TEST(EngineBody, a_server_elsewhere_gets_what_its_dialect_has) {
  auto additions = warm();
  additions.inference.repeat_penalty = 1.5;
  additions.elsewhere = Recipient{.dialect = config::Dialect::openai, .model = "theirs"};
  EXPECT_EQ(
      body(R"({"model":"mine","messages":[{}],"top_k":3,"user":"me","keep_alive":1})", additions),
      R"({"messages":[{}],"user":"me","model":"theirs","temperature":0.5,"max_tokens":9})");
  additions.elsewhere->dialect = config::Dialect::vllm;
  EXPECT_EQ(body(R"({"messages":[{}],"top_k":3,"max_tokens":null,"model":null})", additions),
            R"({"messages":[{}],"top_k":3,"model":"theirs","temperature":0.5,"max_tokens":9,)"
            R"("repetition_penalty":1.5})");
}

TEST(EngineBody, of_an_api_without_values_gets_none) {
  const std::string client = R"({"input":"a"})";
  const auto request = read_inference_request(Api::embeddings, client);
  ASSERT_TRUE(request);
  EXPECT_EQ(engine_body(client, *request, warm()), client);
}

TEST(EngineBody, gets_the_values_that_the_request_does_not_give) {
  EXPECT_EQ(body(R"( {"messages":[{}]} )", warm()),
            R"( {"messages":[{}],"temperature":0.5,"max_tokens":9} )");
  EXPECT_EQ(body(R"({"messages":[{}],"temperature":1})", warm()),
            R"({"messages":[{}],"temperature":1,"max_tokens":9})");
  EXPECT_EQ(body(R"({"messages":[{}],"max_completion_tokens":1,"temperature":1})", warm()),
            R"({"messages":[{}],"max_completion_tokens":1,"temperature":1})");
}

TEST(EngineBody, gets_values_in_the_place_of_null) {
  const auto made =
      body(R"({"max_tokens":null,"messages":[{}],"temperature":null,"top_p":null})", warm());
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
      body(R"({"messages":[{"role":"user","content":"hi"}], "logit_bias":{"y":[1]}})", additions),
      R"({"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":)"
      R"("hi"}], "logit_bias":{"y":[1]},"temperature":0.5,"max_tokens":9})");
}

TEST(EngineBody, of_messages_that_are_none_is_refused) {
  Additions additions;
  additions.prompt = prompt::Template{};
  const std::string client = R"({"messages":[1]})";
  EXPECT_FALSE(engine_body(client, *read_inference_request(Api::chat, client), additions));
}

TEST(EngineBody, of_too_many_messages_for_a_template_is_refused) {
  std::string client = R"({"messages":[{})";
  for (std::size_t i = 0; i < limits::kTemplatedMessages; ++i) client += ",{}";
  client += "]}";
  EXPECT_EQ(body(client, {}), client);
  Additions additions;
  additions.prompt = prompt::Template{};
  EXPECT_THAT(body(client, additions), testing::HasSubstr("has 10001"));
}

}  // namespace
}  // namespace llf::gateway
