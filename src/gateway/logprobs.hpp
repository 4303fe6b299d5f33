#pragma once

#include "gateway/api.hpp"
#include "json/json.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace llf::gateway {

/// Whether the log probabilities of other tokens than the one that was said are told.
enum class OtherTokens : std::uint8_t { told, left_out };

/// Gives log probabilities the shape that OpenAI's API has for them; what has another than engines
/// have stays. Of chats they lack a null, and have others than were asked for. Of completions they
/// are to be parallel lists, `tokens`, `token_logprobs`, `top_logprobs` and `text_offset`, of which
/// the last is where each token begins in the answer's text, in characters; engines tell them as
/// chats have them, a list `content` with an object for each token. One of these sees all events of
/// a stream in their order. One thread.
class LogprobShape {
 public:
  explicit LogprobShape(Api api, OtherTokens others = OtherTokens::told)
      : api_(api), others_(others) {}

  /// Rewrites the choices of an answer or an event.
  void rewrite(json::Object& answer);

 private:
  Api api_;
  OtherTokens others_;
  std::map<std::int64_t, std::size_t> said_;  ///< characters so far, by the choice's index
};

/// A whole answer, a JSON object, rewritten. Pure.
[[nodiscard]] std::string with_logprobs(LogprobShape shape, std::string body);

}  // namespace llf::gateway
