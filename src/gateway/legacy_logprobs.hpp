#pragma once

#include "gateway/inference_request.hpp"
#include "gateway/rewritten_events.hpp"
#include "json/json.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace llf::gateway {

/// Gives the log probabilities of completions the shape that OpenAI's API has for them: parallel
/// lists `tokens`, `token_logprobs`, `top_logprobs` and `text_offset`, of which the last is where
/// each token begins in the answer's text, in characters. Engines tell them as chats have them, a
/// list `content` with an object for each token; what has another shape stays. One of these sees
/// all events of a stream in their order. One thread.
class LegacyLogprobs {
 public:
  /// Rewrites the choices of an answer or an event.
  void rewrite(json::Object& answer);

 private:
  std::map<std::int64_t, std::size_t> said_;  ///< characters so far, by the choice's index
};

/// Whether the answer to this is to have them so.
[[nodiscard]] inline bool has_legacy_logprobs(const InferenceRequest& request) {
  return request.logprobs && request.api == Api::completion;
}

/// A whole answer, a JSON object, rewritten. Pure.
[[nodiscard]] std::string with_legacy_logprobs(std::string body);

/// The events of a stream, rewritten.
[[nodiscard]] RewrittenEvents legacy_logprob_events();

}  // namespace llf::gateway
