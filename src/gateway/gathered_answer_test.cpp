#include "gateway/gathered_answer.hpp"

#include "sse/writer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace llf::gateway {
namespace {

std::string gathered(Api api, std::string_view request,
                     const std::vector<std::string_view>& events) {
  GatheredAnswer answer(read_inference_request(api, request).value());
  for (const auto event : events) {
    if (auto fed = answer.feed(sse::event(event)); !fed) return fed.error().message;
  }
  const auto whole = answer.whole();
  if (!whole) return whole.error().message;
  return whole->status == 200 ? whole->body : std::to_string(whole->status) + " " + whole->body;
}

constexpr std::string_view kTwo = R"({"messages":[{"role":"user","content":"hi"}],"n":2})";

TEST(GatheredAnswer, of_a_chat_has_every_answer_and_what_all_used) {
  EXPECT_EQ(
      gathered(Api::chat, kTwo,
               {(R"({"choices":[{"finish_reason":null,"index":1,"delta":{"role":"assistant",)"
                 R"("content":null}}],"id":"a","object":"chat.completion.chunk"})"),
                R"({"choices":[{"finish_reason":null,"index":1,"delta":{"content":"Good "}}]})",
                (R"({"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant",)"
                 R"("content":"Hello"}}]})"),
                R"({"choices":[{"finish_reason":null,"index":1,"delta":{"content":"day"}}]})",
                R"({"choices":[{"finish_reason":"stop","index":0,"delta":{}}]})",
                (R"({"choices":[],"usage":{"completion_tokens":1,"prompt_tokens":9},)"
                 R"("timings":{"predicted_n":1}})"),
                R"({"choices":[{"finish_reason":"length","index":1,"delta":{}}]})",
                (R"({"choices":[],"usage":{"completion_tokens":2,"prompt_tokens":9},)"
                 R"("timings":{"predicted_n":2}})"),
                "[DONE]"}),
      R"({"choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant",)"
      R"("content":"Hello"}},{"finish_reason":"length","index":1,"message":{"role":"assistant",)"
      R"("content":"Good day"}}],"id":"a","object":"chat.completion","usage":)"
      R"({"completion_tokens":3,"prompt_tokens":9,"total_tokens":12,)"
      R"("prompt_tokens_details":{"cached_tokens":0}},"timings":{"predicted_n":1}})");
}

TEST(GatheredAnswer, puts_the_calls_of_tools_together) {
  const auto whole = gathered(
      Api::chat, kTwo,
      {(R"({"choices":[{"index":0,"delta":{"content":null,"tool_calls":[{"index":0,"id":"c",)"
        R"("type":"function","function":{"name":"f","arguments":"{\"a"}}]}}]})"),
       (R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":)"
        R"("\":1}"}},{"index":1,"id":"d","type":"function","function":{"name":"g",)"
        R"("arguments":"{}"}}]}}]})"),
       "[DONE]"});
  EXPECT_EQ(whole,
            R"({"choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"c",)"
            R"("type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"d",)"
            R"("type":"function","function":{"name":"g","arguments":"{}"}}]}}],)"
            R"("object":"chat.completion"})");
}

TEST(GatheredAnswer, of_a_completion_has_texts_and_log_probabilities) {
  EXPECT_EQ(
      gathered(Api::completion, R"({"prompt":["a","b"]})",
               {"null",
                (R"({"choices":[{"text":"x","index":1,"logprobs":{"content":[1]},)"
                 R"("finish_reason":null}],"object":"text_completion"})"),
                (R"({"choices":[{"text":"y","index":1,"logprobs":{"content":[2]},)"
                 R"("finish_reason":null}]})"),
                (R"({"choices":[{"text":"","index":1,"logprobs":null,"finish_reason":"stop"}],)"
                 R"("usage":{"completion_tokens":2,"prompt_tokens":5}})"),
                (R"({"choices":[{"text":"z","index":0,"logprobs":null,)"
                 R"("finish_reason":"stop"}],"usage":{"completion_tokens":1,)"
                 R"("prompt_tokens":2}})"),
                "[DONE]"}),
      R"({"choices":[{"text":"z","index":0,"logprobs":null,"finish_reason":"stop"},)"
      R"({"text":"xy","index":1,"logprobs":{"content":[1,2]},"finish_reason":"stop"}],)"
      R"("object":"text_completion","usage":{"completion_tokens":3,"prompt_tokens":7,)"
      R"("total_tokens":10,"prompt_tokens_details":{"cached_tokens":0}}})");
}

TEST(GatheredAnswer, that_ends_early_or_tells_an_error_is_none) {
  EXPECT_EQ(gathered(Api::chat, kTwo, {R"({"choices":[]})"}),
            "the answer ended before its last event");
  EXPECT_EQ(gathered(Api::chat, kTwo, {R"({"error":{"message":"x"}})", "[DONE]"}),
            R"(500 {"error":{"message":"x"}})");
  EXPECT_EQ(gathered(Api::chat, kTwo,
                     {R"({"choices":[]})", R"({"error":{"code":400,"message":"long"}})"}),
            R"(400 {"error":{"code":400,"message":"long"}})");
  EXPECT_EQ(gathered(Api::chat, kTwo, {"nonsense"}),
            "the engine sent an event that is none of a completion");
}

}  // namespace
}  // namespace llf::gateway
