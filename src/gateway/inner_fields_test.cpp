#include "gateway/inner_fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace llf::gateway {
namespace {

InnerFields read(const std::string& body) {
  InnerFields fields;
  EXPECT_TRUE(json::skim(body, [&](const json::Token& token) { fields.take(token); })) << body;
  return fields;
}

std::string blamed(const std::string& body) {
  const auto fields = read(body);
  return fields.wrong() ? fields.wrong()->param : "";
}

TEST(InnerFields, tell_whether_a_stream_ends_with_what_was_used) {
  EXPECT_TRUE(read(R"({"stream_options":{"include_usage":true}})").include_usage());
  EXPECT_FALSE(read(R"({"stream_options":{"include_usage":false}})").include_usage());
  EXPECT_FALSE(read(R"({"metadata":{"include_usage":true}})").include_usage());
  EXPECT_EQ(blamed(R"({"stream_options":{"include_usage":"yes"}})"), "stream_options");
}

TEST(InnerFields, a_bias_is_a_number_for_a_token) {
  EXPECT_EQ(blamed(R"({"logit_bias":{"15":-100,"7":0.5}})"), "");
  EXPECT_EQ(blamed(R"({"logit_bias":[[15,1],["a",false]]})"), "");
  EXPECT_EQ(blamed(R"({"logit_bias":null})"), "");
  EXPECT_EQ(blamed(R"({"logit_bias":{"15":"x"}})"), "logit_bias");
  EXPECT_EQ(blamed(R"({"logit_bias":{"15":true}})"), "logit_bias");
  EXPECT_EQ(blamed(R"({"logit_bias":{"15":false}})"), "");
  EXPECT_EQ(blamed(R"({"logit_bias":{"abc":1}})"), "");
}

TEST(InnerFields, a_format_of_the_type_json_schema_has_a_schema) {
  EXPECT_EQ(blamed(R"({"response_format":{"type":"json_object"}})"), "");
  EXPECT_EQ(blamed(R"({"response_format":{"json_schema":{"name":"a","schema":{"x":[1]},)"
                   R"("strict":true},"type":"json_schema"}})"),
            "");
  EXPECT_EQ(blamed(R"({"response_format":{"type":"json_schema"}})"), "response_format");
  EXPECT_EQ(blamed(R"({"response_format":{"type":"json_schema","json_schema":{}}})"),
            "response_format");
  EXPECT_EQ(blamed(R"({"response_format":{"type":"json_schema","json_schema":{"schema":3}}})"),
            "response_format");
}

TEST(InnerFields, those_that_nobody_honours_are_named) {
  EXPECT_THAT(read(R"({"stream_options":{"include_obfuscation":false},"response_format":)"
                   R"({"type":"json_object","colour":1,"schema":{"x":{}},)"
                   R"("json_schema":{"schema":{"y":1},"z":2}}})")
                  .unknown(),
              testing::ElementsAre("stream_options.include_obfuscation", "response_format.colour",
                                   "response_format.json_schema.z"));
}

}  // namespace
}  // namespace llf::gateway
