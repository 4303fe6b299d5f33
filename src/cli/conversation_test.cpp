#include "cli/conversation.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

using Messages = std::vector<client::Message>;

TEST(Conversation, turns_alternate) {
  Conversation conversation;
  conversation.ask("a");
  conversation.complete("b");
  conversation.ask("c");
  EXPECT_EQ(conversation.messages(), (Messages{{"user", "a"}, {"assistant", "b"}, {"user", "c"}}));
}

TEST(Conversation, a_turn_without_any_answer_is_taken_back) {
  Conversation conversation;
  conversation.ask("a");
  conversation.abandon("");
  EXPECT_TRUE(conversation.messages().empty());
  conversation.ask("b");
  EXPECT_EQ(conversation.messages(), (Messages{{"user", "b"}}));
}

TEST(Conversation, what_came_of_a_cancelled_answer_is_kept) {
  Conversation conversation;
  conversation.ask("a");
  conversation.abandon("par");
  EXPECT_EQ(conversation.messages(), (Messages{{"user", "a"}, {"assistant", "par"}}));
}

TEST(Conversation, an_empty_whole_answer_is_an_answer) {
  Conversation conversation;
  conversation.ask("a");
  conversation.complete("");
  EXPECT_EQ(conversation.messages(), (Messages{{"user", "a"}, {"assistant", ""}}));
}

TEST(Conversation, it_can_be_forgotten) {
  Conversation conversation;
  conversation.ask("a");
  conversation.complete("b");
  conversation.clear();
  EXPECT_TRUE(conversation.messages().empty());
}

}  // namespace
}  // namespace llf::cli
