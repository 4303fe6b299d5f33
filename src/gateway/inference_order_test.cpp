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

TEST_F(InferenceOrder, wishes_for_a_worker_in_the_mode_of_its_interface) {
  Order order;
  order.request.api = Api::embeddings;
  EXPECT_EQ(order.wish().mode, worker::Mode::embed);
  EXPECT_EQ(order.form(), Form::whole);
}

}  // namespace
}  // namespace llf::gateway
