#pragma once

#include "gateway/api.hpp"

#include <string>

namespace llf::gateway {

/// An engine's whole answer with what OpenAI's schema wants and engines leave out: `logprobs` of
/// each choice and `refusal` of each message, both null. Every other byte stays. `body` is a JSON
/// object. Pure.
[[nodiscard]] std::string completed_answer(Api api, std::string body);

}  // namespace llf::gateway
