#include "gateway/engine_refusal.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace llf::gateway {
namespace {

std::string answer(std::string_view message) {
  return json::write(json::Object{{"error", {{"code", 500}, {"message", message}}}});
}

ApiError refused(Api api, std::string_view message, int status = 500) {
  const auto refusal = engine_refusal(api, status, answer(message));
  return refusal.value_or(ApiError({.kind = ErrorKind::internal, .message = "none"}));
}

TEST(EngineRefusal, what_a_client_did_wrong_is_a_400_that_names_the_field) {
  const auto image = refused(Api::chat, "image input is not supported - hint: … the mmproj");
  EXPECT_EQ(status_of(image), 400);
  EXPECT_EQ(image.param, "messages");
  EXPECT_THAT(image.error.message, testing::HasSubstr("cannot see"));
  EXPECT_EQ(refused(Api::chat, "Failed to parse messages: Missing 'role' in message: {}").param,
            "messages");
  EXPECT_EQ(refused(Api::count_tokens, "Failed to parse tools: Missing tool type: 5; …").param,
            "tools");
  EXPECT_EQ(refused(Api::detokenize,
                    "vector::_M_range_check: __n (which is 5000) >= this->size() (which is 1536)")
                .param,
            "tokens");
  EXPECT_EQ(status_of(refused(Api::chat, "Unsupported thing at 0x7ffe12345678")), 400);
}

TEST(EngineRefusal, a_text_that_is_too_long_is_told_its_numbers) {
  const auto error = refused(Api::embeddings,
                             "input (9001 tokens) is too large to process. increase the physical "
                             "batch size (current batch size: 512)");
  EXPECT_EQ(status_of(error), 400);
  EXPECT_EQ(error.param, "input");
  EXPECT_EQ(error.code, "context_length_exceeded");
  EXPECT_THAT(error.error.message, testing::StartsWith("a text has 9001 tokens, and this model "
                                                       "takes 512 at once"));
}

TEST(EngineRefusal, more_answers_than_slots_are_told_how_many_there_may_be) {
  const auto error =
      refused(Api::chat, "Field 'n': Value must be between 1 <= value <= 2, but got 3", 400);
  EXPECT_EQ(error.param, "n");
  EXPECT_THAT(error.error.message, testing::StartsWith("'n' may be 2 at most"));
  EXPECT_EQ(refused(Api::chat, "Field 'top_k': wrong", 400).param, "top_k");
}

TEST(EngineRefusal, SEC16_nothing_of_the_engines_words_is_told) {
  for (const auto* words : {"Failed to parse messages: at 0x7ffe12345678 in /srv/x",
                            "invalid thing at 0x7ffe12345678 in /srv/x"}) {
    EXPECT_EQ(refused(Api::chat, words).error.message.find("0x7ffe"), std::string::npos);
  }
}

TEST(EngineRefusal, a_failure_of_the_engine_is_none) {
  EXPECT_FALSE(engine_refusal(Api::chat, 500, answer("out of memory")));
  EXPECT_FALSE(engine_refusal(Api::chat, 500, answer("vector::_M_range_check: 1")));
  EXPECT_FALSE(engine_refusal(Api::chat, 503, answer("invalid")));
  EXPECT_FALSE(engine_refusal(Api::chat, 400, answer("'messages' is required")));
  EXPECT_FALSE(engine_refusal(Api::chat, 500, ""));
}

TEST(EngineRefusal, the_engines_words_are_found_for_the_log) {
  EXPECT_EQ(engine_words(answer("why")), "why");
  EXPECT_EQ(engine_words("<html>"), "<html>");
  EXPECT_EQ(engine_words(std::string(limits::kEngineMessage + 9, 'x')).size(),
            limits::kEngineMessage);
}

}  // namespace
}  // namespace llf::gateway
