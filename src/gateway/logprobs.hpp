#pragma once

#include "gateway/api.hpp"
#include "gateway/rewritten_events.hpp"
#include "json/json.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace llf::gateway {

/// Gives log probabilities the shape that OpenAI's API has for them; what has another than engines
/// have stays. Of chats they lack a null. Of completions they are to be parallel lists, `tokens`,
/// `token_logprobs`, `top_logprobs` and `text_offset`, of which the last is where each token begins
/// in the answer's text, in characters; engines tell them as chats have them, a list `content` with
/// an object for each token. One of these sees all events of a stream in their order. One thread.
class LogprobShape {
 public:
  explicit LogprobShape(Api api) : api_(api) {}

  /// Rewrites the choices of an answer or an event.
  void rewrite(json::Object& answer);

 private:
  Api api_;
  std::map<std::int64_t, std::size_t> said_;  ///< characters so far, by the choice's index
};

/// A whole answer, a JSON object, rewritten. Pure.
[[nodiscard]] std::string with_logprobs(Api api, std::string body);

/// The events of a stream, rewritten.
[[nodiscard]] RewrittenEvents logprob_events(Api api);

}  // namespace llf::gateway
