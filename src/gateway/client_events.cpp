#include "gateway/client_events.hpp"

#include "gateway/usage_sum.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace llf::gateway {
namespace {

/// Servers elsewhere tell what was used as OpenAI does, or add up already in every event.
bool has_usage(const Order& order) {
  return order.request.include_usage && !order.target.elsewhere;
}

}  // namespace

bool is_rewritten(const Order& order) {
  // Of several prompts llama-server sends events that are none.
  return order.request.logprobs || has_usage(order) || order.request.prompts > 1;
}

LogprobShape logprob_shape(const InferenceRequest& request) {
  return LogprobShape(request.api,
                      request.top_logprobs ? OtherTokens::told : OtherTokens::left_out);
}

RewrittenEvents client_events(const Order& order, RewrittenEvents events) {
  const auto& request = order.request;
  if (request.logprobs) {
    events.then([shape = logprob_shape(request)](json::Object event) mutable {
      shape.rewrite(event);
      return std::optional(std::move(event));
    });
  }
  if (has_usage(order)) {
    const auto shape = std::make_shared<UsageShape>(UsageSum(request.api, request.choices));
    events.then([shape](json::Object event) { return shape->rewrite(std::move(event)); });
    events.set_last([shape] { return shape->last(); });
  }
  return events;
}

}  // namespace llf::gateway
