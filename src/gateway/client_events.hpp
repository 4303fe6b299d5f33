#pragma once

#include "gateway/inference_order.hpp"
#include "gateway/logprobs.hpp"
#include "gateway/rewritten_events.hpp"

namespace llf::gateway {

/// Whether a stream's events must be rewritten; else they go on byte for byte. Pure.
[[nodiscard]] bool is_rewritten(const Order& order);

/// What the client gets of a stream's events, after what `events` does with them. Of an order that
/// is not rewritten they stay. Pure.
[[nodiscard]] RewrittenEvents client_events(const Order& order, RewrittenEvents events = {});

/// As the request wants its log probabilities. Pure.
[[nodiscard]] LogprobShape logprob_shape(const InferenceRequest& request);

}  // namespace llf::gateway
