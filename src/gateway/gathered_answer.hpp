#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "gateway/inference_request.hpp"
#include "gateway/usage_sum.hpp"
#include "json/json.hpp"
#include "net/http_client.hpp"
#include "sse/parser.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace llf::gateway {

/// What a stream came to: a whole answer, or an error with its status and body.
struct Gathered {
  int status = 200;
  std::string body;
};

/// Makes a whole answer of the events of a stream: see InferenceRequest::is_gathered. It holds
/// limits::kEngineAnswer of text at most. One thread.
class GatheredAnswer {
 public:
  explicit GatheredAnswer(const InferenceRequest& request)
      : api_(request.api), sum_(request.api, request.choices) {}

  /// Errors: `upstream` for what is no event of a completion, and for an answer that is too long.
  [[nodiscard]] Expected<void> feed(std::string_view bytes);

  /// The answer. Errors: `upstream` when the last event has not come.
  [[nodiscard]] Expected<Gathered> whole();

 private:
  [[nodiscard]] Expected<void> take(json::Object event);
  void take_choice(const json::Object& choice);

  Api api_;
  sse::Parser parser_;
  UsageSum sum_;
  json::Object head_;    ///< what all events have
  json::Value timings_;  ///< of the first answer that ended
  std::map<std::int64_t, json::Object> choices_;
  std::size_t size_ = 0;
  bool done_ = false;
  std::optional<Gathered> refusal_;  ///< an error that the engine told
};

/// Reads such a stream to its end, telling of each part that comes; of an answer that is none its
/// body as it is. Errors: those of the response and of GatheredAnswer.
[[nodiscard]] Task<Expected<Gathered>> gather_answer(net::ClientResponse& response,
                                                     const InferenceRequest& request,
                                                     std::function<void()> on_part);

}  // namespace llf::gateway
