#pragma once

#include "base/id.hpp"
#include "gateway/api_error.hpp"

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace llf::gateway {

/// What the gateway needs to know of a chat completion request.
struct ChatRequest {
  ModelId model;                        ///< empty: the default model
  std::size_t messages = 0;             ///< at least one
  bool stream = false;                  ///< the answer is to come as server-sent events
  bool constrained = false;             ///< the answer must keep to a form: a schema, a grammar
  std::vector<std::string_view> given;  ///< values of config::Inference that it gives: none is null
};

/// Reads the body of POST /v1/chat/completions and refuses what must not reach the engine: what is
/// not a JSON object, fields of the engine that are none of the API's (SEC-20), and images by URL,
/// which the engine would fetch itself (SEC-34). Pure; any thread.
[[nodiscard]] std::expected<ChatRequest, ApiError> read_chat_request(std::string_view body);

}  // namespace llf::gateway
