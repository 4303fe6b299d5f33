#include "gateway/model_json.hpp"

#include "base/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

TEST(ModelJson, tells_what_is_known_and_null_for_the_rest) {
  store::Details details;
  details.facts.architecture = "llama";
  details.facts.kv_per_token = ByteSize(1024);
  details.facts.abilities.tools = true;
  details.facts.chat_template = "{{ x }}";
  details.template_hash = "ab";
  details.template_warnings = {"look"};
  const auto told = json::write(model_json(
      {.id = ModelId("m"), .path = "/m", .size = ByteSize(7), .further = {"/n"}}, details));
  EXPECT_THAT(told,
              HasSubstr(R"("id":"m","files":["/m","/n"],"projector":null,"source":"folder")"));
  EXPECT_THAT(told, HasSubstr(R"("license":null,"architecture":"llama")"));
  EXPECT_THAT(told, HasSubstr(R"("kv_bytes_per_token":1024)"));
  EXPECT_THAT(told, HasSubstr(R"("tools":true)"));
  EXPECT_THAT(told,
              HasSubstr(R"("chat_template":{"sha256":"ab","text":"{{ x }}","warnings":["look"],)"
                        R"("base":null,"as_base":null})"));
}

TEST(ModelJson, a_template_that_is_too_long_for_an_answer_is_told_by_its_hash) {
  store::Details details;
  details.facts.chat_template = std::string(limits::kControlAnswer.bytes() / 8, '\1');
  details.template_hash = "ab";
  const auto told = [&] { return json::write(model_json({.id = ModelId("m")}, details)); };
  EXPECT_LT(told().size(), limits::kControlAnswer.bytes());
  EXPECT_THAT(told(), HasSubstr(R"("warnings":[])"));
  details.facts.chat_template += "x";
  EXPECT_LT(told().size(), 2000U);
  EXPECT_THAT(told(), HasSubstr(R"("sha256":"ab","text":null,"warnings":["it has 2.1 MB, more)"));
}

}  // namespace
}  // namespace llf::gateway
