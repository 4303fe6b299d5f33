#include "gateway/legacy_logprobs.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace llf::gateway {
namespace {

std::string rewritten(LegacyLogprobs& logprobs, std::string_view answer) {
  auto object = json::parse(answer).value().get_object();
  logprobs.rewrite(object);
  return json::write(object);
}

TEST(LegacyLogprobs, are_parallel_lists) {
  LegacyLogprobs logprobs;
  EXPECT_EQ(
      rewritten(logprobs, R"({"choices":[{"text":"für","index":0,"logprobs":{"content":[)"
                          R"({"token":"fü","bytes":[1],"logprob":-0.5,"top_logprobs":)"
                          R"([{"token":"fü","logprob":-0.5},{"token":"a","logprob":-1.5}]},)"
                          R"({"token":"r","logprob":-0.25,"top_logprobs":[]}]}}],"usage":{}})"),
      R"({"choices":[{"text":"für","index":0,"logprobs":{"tokens":["fü","r"],)"
      R"("token_logprobs":[-5E-1,-2.5E-1],"top_logprobs":[{"fü":-5E-1,"a":-1.5E0},null],)"
      R"("text_offset":[0,2]}}],"usage":{}})");
}

TEST(LegacyLogprobs, of_a_stream_go_on_counting_for_each_choice) {
  LegacyLogprobs logprobs;
  const auto offset = [&](std::string_view index) {
    const auto text =
        rewritten(logprobs, std::string(R"({"choices":[{"index":)").append(index) +
                                R"(,"logprobs":{"content":[{"token":"abc","logprob":0}]}}]})");
    return text.substr(text.find("text_offset"));
  };
  EXPECT_EQ(offset("0"), R"(text_offset":[0]}}]})");
  EXPECT_EQ(offset("1"), R"(text_offset":[0]}}]})");
  EXPECT_EQ(offset("0"), R"(text_offset":[3]}}]})");
}

TEST(LegacyLogprobs, what_has_the_shape_or_none_stays) {
  LegacyLogprobs logprobs;
  for (const std::string_view same :
       {R"({"choices":[{"logprobs":null}]})", R"({"choices":[{"logprobs":{"tokens":["a"]}}]})",
        R"({"choices":[3,{}]})", R"({"choices":null})", "{}"}) {
    EXPECT_EQ(rewritten(logprobs, same), same);
  }
}

}  // namespace
}  // namespace llf::gateway
