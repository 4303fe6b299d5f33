#pragma once

#include "base/id.hpp"
#include "gateway/api.hpp"
#include "gateway/api_error.hpp"
#include "gateway/parameters.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::gateway {

/// What the gateway needs to know of a request that a worker answers.
struct InferenceRequest {
  Api api = Api::chat;
  ModelId model;             ///< empty: the default model
  std::size_t messages = 0;  ///< of a chat, at least one
  bool stream = false;       ///< the answer is to come as server-sent events
  bool constrained = false;  ///< the answer must keep to a form: a schema, a grammar
  /// The answer is one plain text, made of one text: it can be gone on with where it broke.
  bool plain = true;
  std::vector<std::string_view> given;  ///< values of config::Inference that it gives: none is null
  /// How long its model is to stay when nobody uses it: 0: not, negative: for ever.
  std::optional<std::chrono::seconds> keep_alive;
  std::vector<std::string> unknown;  ///< fields that the API does not have, each once
  std::vector<std::string> known;    ///< the others, each once
  /// Those within its fields that engines leave out, each once: "messages[].mood".
  std::vector<std::string> unknown_within;
  /// Of what a conversation begins with, up to the first words of its user: the same for each of
  /// its requests. 0: there is none.
  std::uint64_t session = 0;
  /// It has fields that engines do not get, or get under another name.
  bool rewritten = false;
  bool grammar = false;        ///< engines make a grammar of something in it
  bool logprobs = false;       ///< it asks for log probabilities
  bool top_logprobs = false;   ///< and for those of other tokens
  bool include_usage = false;  ///< its stream is to end with what was used
  bool has_tools = false;      ///< its model may call some
  bool must_call = false;      ///< the answer must be the call of one
  std::size_t choices = 1;     ///< answers to each prompt
  std::size_t prompts = 1;     ///< of a completion

  /// An engine of ours is asked for a stream of which a whole answer is made: of several answers it
  /// tells what each used in a stream only. With tools, it has no log probabilities in one.
  [[nodiscard]] bool is_gathered() const {
    return !stream && choices * prompts > 1 && !(has_tools && logprobs);
  }
};

/// Reads the body of a request and refuses what must not reach the engine: what is not a JSON
/// object, has a field twice (F43), values that a field cannot have, fields of the engine that are
/// none of the API's (SEC-20), schemas and grammars that are too large for it (SEC-21), and data by
/// URL, which the engine would fetch itself (SEC-34). Pure; any thread.
[[nodiscard]] std::expected<InferenceRequest, ApiError> read_inference_request(
    Api api, std::string_view body);

}  // namespace llf::gateway
