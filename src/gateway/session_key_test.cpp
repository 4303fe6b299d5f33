#include "gateway/session_key.hpp"

#include <gtest/gtest.h>

#include <string>

namespace llf::gateway {
namespace {

/// Of a body whose only field is the conversation.
std::uint64_t key_of(const std::string& body) {
  SessionKey key;
  EXPECT_TRUE(json::skim(body, [&](const json::Token& token) {
    if (token.depth > 0) key.take(token);
  }));
  return key.value();
}

std::string chat(const std::string& messages) {
  return R"({"messages":[)" + messages + "]}";
}

constexpr auto* kSystem = R"({"role":"system","content":"Be brief."})";
constexpr auto* kFirst = R"({"role":"user","content":"Hello"})";
constexpr auto* kAnswer = R"({"role":"assistant","content":"Hi."})";
constexpr auto* kSecond = R"({"role":"user","content":"And now?"})";

TEST(SessionKey, stays_while_the_conversation_grows) {
  const auto join = [](auto... parts) {
    std::string all;
    ((all += (all.empty() ? "" : ","), all += parts), ...);
    return chat(all);
  };
  const auto first = key_of(join(kSystem, kFirst));
  EXPECT_NE(first, 0);
  EXPECT_EQ(first, key_of(join(kSystem, kFirst, kAnswer, kSecond)));
  EXPECT_NE(first, key_of(join(kFirst)));
  EXPECT_NE(first, key_of(join(kSystem, kSecond)));
  EXPECT_EQ(key_of(join(kFirst)), key_of(join(kFirst, kAnswer)));
}

TEST(SessionKey, texts_that_are_cut_otherwise_are_others) {
  EXPECT_NE(key_of(chat(R"({"role":"user","content":[{"text":"ab"},{"text":"c"}]})")),
            key_of(chat(R"({"role":"user","content":[{"text":"a"},{"text":"bc"}]})")));
}

TEST(SessionKey, of_a_prompt_it_is_the_beginning) {
  EXPECT_NE(key_of(R"({"prompt":"a"})"), key_of(R"({"prompt":"b"})"));
  EXPECT_EQ(key_of(R"({"prompt":"a"})"), key_of(R"({"prompt":"a"})"));
}

TEST(SessionKey, without_words_there_is_none) {
  EXPECT_EQ(key_of(R"({"prompt":[1,2,3]})"), 0);
  EXPECT_EQ(key_of(chat("")), 0);
}

}  // namespace
}  // namespace llf::gateway
