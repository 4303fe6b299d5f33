#include "gateway/logprobs.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace llf::gateway {
namespace {

std::string rewritten(LogprobShape& shape, std::string_view answer) {
  auto object = json::parse(answer).value().get_object();
  shape.rewrite(object);
  return json::write(object);
}

TEST(LogprobShape, of_completions_is_parallel_lists) {
  LogprobShape shape(Api::completion);
  EXPECT_EQ(rewritten(shape, R"({"choices":[{"text":"für","index":0,"logprobs":{"content":[)"
                             R"({"token":"fü","bytes":[1],"logprob":-0.5,"top_logprobs":)"
                             R"([{"token":"fü","logprob":-0.5},{"token":"a","logprob":-1.5}]},)"
                             R"({"token":"r","logprob":-0.25,"top_logprobs":[]}]}}],"usage":{}})"),
            R"({"choices":[{"text":"für","index":0,"logprobs":{"tokens":["fü","r"],)"
            R"("token_logprobs":[-0.5,-0.25],"top_logprobs":[{"fü":-0.5,"a":-1.5},null],)"
            R"("text_offset":[0,2]}}],"usage":{}})");
}

TEST(LogprobShape, of_a_stream_goes_on_counting_for_each_choice) {
  LogprobShape shape(Api::completion);
  const auto offset = [&](std::string_view index) {
    const auto text =
        rewritten(shape, std::string(R"({"choices":[{"index":)").append(index) +
                             R"(,"logprobs":{"content":[{"token":"abc","logprob":0}]}}]})");
    return text.substr(text.find("text_offset"));
  };
  EXPECT_EQ(offset("0"), R"(text_offset":[0]}}]})");
  EXPECT_EQ(offset("1"), R"(text_offset":[0]}}]})");
  EXPECT_EQ(offset("0"), R"(text_offset":[3]}}]})");
}

TEST(LogprobShape, of_chats_has_a_refusal) {
  LogprobShape shape(Api::chat);
  EXPECT_EQ(rewritten(shape, R"({"choices":[{"logprobs":{"content":[]}},{"logprobs":null}]})"),
            R"({"choices":[{"logprobs":{"content":[],"refusal":null}},{"logprobs":null}]})");
  const std::string_view whole = R"({"choices":[{"logprobs":{"content":[],"refusal":[]}}]})";
  EXPECT_EQ(rewritten(shape, whole), whole);
}

TEST(LogprobShape, of_chats_has_no_other_tokens_than_were_asked_for) {
  LogprobShape shape(Api::chat, OtherTokens::left_out);
  EXPECT_EQ(rewritten(shape, R"({"choices":[{"logprobs":{"content":[{"token":"a","logprob":-1,)"
                             R"("top_logprobs":[{"token":"a","logprob":-1}]}],"refusal":null}}]})"),
            R"({"choices":[{"logprobs":{"content":[{"token":"a","logprob":-1,"top_logprobs":[]}],)"
            R"("refusal":null}}]})");
}

TEST(LogprobShape, what_has_the_shape_or_none_stays) {
  LogprobShape shape(Api::completion);
  for (const std::string_view same :
       {R"({"choices":[{"logprobs":null}]})", R"({"choices":[{"logprobs":{"tokens":["a"]}}]})",
        R"({"choices":[3,{}]})", R"({"choices":null})", "{}"}) {
    EXPECT_EQ(rewritten(shape, same), same);
  }
}

}  // namespace
}  // namespace llf::gateway
