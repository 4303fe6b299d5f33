#include "gateway/client_events.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace llf::gateway {
namespace {

Order order_of(std::string_view fields) {
  Order order;
  order.request = read_inference_request(
                      Api::chat, R"({"messages":[{"role":"user","content":"hi"}],"stream":true)" +
                                     std::string(fields) + "}")
                      .value();
  return order;
}

TEST(ClientEvents, of_an_ordinary_stream_go_on_as_they_came) {
  EXPECT_FALSE(is_rewritten(order_of("")));
  EXPECT_FALSE(is_rewritten(order_of(R"(,"n":2)")));
  EXPECT_TRUE(is_rewritten(order_of(R"(,"logprobs":true)")));
}

TEST(ClientEvents, of_a_server_elsewhere_tell_what_was_used_in_its_own_way) {
  auto order = order_of(R"(,"stream_options":{"include_usage":true})");
  EXPECT_TRUE(is_rewritten(order));
  order.target.elsewhere.emplace();
  EXPECT_FALSE(is_rewritten(order));
}

TEST(ClientEvents, have_log_probabilities_and_usage_in_openais_shape) {
  auto events =
      client_events(order_of(R"(,"logprobs":true,"stream_options":{"include_usage":true})"));
  EXPECT_EQ(events.feed("data: {\"choices\":[{\"index\":0,\"logprobs\":{\"content\":[{\"token\":"
                        "\"a\",\"top_logprobs\":[1]}]}}]}\n\n"),
            "data: {\"choices\":[{\"index\":0,\"logprobs\":{\"content\":[{\"token\":\"a\","
            "\"top_logprobs\":[]}],\"refusal\":null}}],\"usage\":null}\n\n");
  EXPECT_EQ(events.feed("data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n"), "");
  EXPECT_EQ(events.feed("data: [DONE]\n\n"),
            "data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\ndata: [DONE]\n\n");
}

}  // namespace
}  // namespace llf::gateway
