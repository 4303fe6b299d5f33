#include "gateway/inference_order.hpp"

#include "gateway/test_gateway.hpp"

namespace llf::gateway {
namespace {

using InferenceOrder = GatewayTest;

TEST_F(InferenceOrder, a_strict_client_is_told_what_nobody_honours) {
  const std::string body = R"({"messages":[{"role":"user","content":"hi"}],"user":"me","a b,":1})";
  const auto strict = ask("POST", "/v1/chat/completions", body, {{"x-llf-strict", "true"}});
  EXPECT_EQ(strict.status, 400);
  EXPECT_NE(strict.body.find("user, a?b?"), std::string::npos) << strict.body;
  EXPECT_EQ(ask("POST", "/v1/chat/completions", body, {{"x-llf-strict", "false"}}).status, 503);
  for (const auto* on : {"True", "TRUE", "1"}) {
    EXPECT_EQ(ask("POST", "/v1/chat/completions", body, {{"x-llf-strict", on}}).status, 400) << on;
  }
  const auto wrong = ask("POST", "/v1/chat/completions", body, {{"x-llf-strict", "yes"}});
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.body.find(R"("param":"x-llf-strict")"), std::string::npos) << wrong.body;
}

TEST_F(InferenceOrder, a_strict_client_is_told_of_fields_within_others) {
  const auto strict =
      ask("POST", "/v1/chat/completions",
          R"({"messages":[{"role":"user","content":"hi","mood":1}]})", {{"x-llf-strict", "true"}});
  EXPECT_EQ(strict.status, 400);
  EXPECT_NE(strict.body.find("messages[].mood"), std::string::npos) << strict.body;
}

TEST_F(InferenceOrder, names_what_was_left_out) {
  Order order;
  net::Headers headers;
  add_order_headers(headers, order);
  EXPECT_FALSE(headers.get(kIgnoredHeader));
  order.request.unknown = {"user", "sto\nre"};
  add_order_headers(headers, order);
  EXPECT_EQ(headers.get(kIgnoredHeader), "user, sto?re");
}

TEST_F(InferenceOrder, a_field_that_had_no_effect_is_named_or_refused) {
  Order order;
  EXPECT_TRUE(note_ignored(order, "tool_choice"));
  EXPECT_TRUE(note_ignored(order, "tool_choice"));
  EXPECT_EQ(order.request.unknown, std::vector<std::string>{"tool_choice"});
  order.strict = true;
  EXPECT_FALSE(note_ignored(order, "tool_choice"));
}

TEST_F(InferenceOrder, tells_how_long_it_waited_and_for_what) {
  using std::chrono::milliseconds;
  const auto told = [](const Order& order) {
    net::Headers headers;
    add_order_headers(headers, order);
    return std::string(headers.get(kQueuedHeader).value_or("-"));
  };
  Order order;
  order.queued = milliseconds(2);
  EXPECT_EQ(told(order), "-") << "that is no wait";
  order.slot = milliseconds(100);
  EXPECT_EQ(told(order), "wait_ms=102; reason=queue");
  order.loaded = milliseconds(500);
  EXPECT_EQ(told(order), "wait_ms=602; reason=load");
}

TEST_F(InferenceOrder, wishes_for_a_worker_in_the_mode_of_its_interface) {
  Order order;
  order.request.api = Api::embeddings;
  EXPECT_EQ(order.wish().mode, worker::Mode::embed);
  EXPECT_EQ(order.form(), Form::whole);
}

}  // namespace
}  // namespace llf::gateway
