#include "gateway/engine_timings.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"

namespace llf::gateway {
namespace {

/// The last number under a key; within a text of the answer its quotes would be escaped.
std::optional<double> last_number(std::string_view text, std::string_view key) {
  const auto at = text.rfind(key);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + key.size());
  return parse_number<double>(text.substr(0, text.find_first_not_of("0123456789.eE+-")));
}

}  // namespace

void EngineTimings::feed(std::string_view bytes) {
  if (bytes.size() >= limits::kTimingsTail) {
    tail_ = bytes.substr(bytes.size() - limits::kTimingsTail);
    return;
  }
  if (tail_.size() + bytes.size() > 2 * limits::kTimingsTail) {
    tail_.erase(0, tail_.size() - limits::kTimingsTail);
  }
  tail_ += bytes;
}

std::optional<EngineSpeed> EngineTimings::speed() const {
  const auto tokens = last_number(tail_, R"("predicted_n":)");
  const auto rate = last_number(tail_, R"("predicted_per_second":)");
  if (!tokens || !rate) return std::nullopt;
  return EngineSpeed{.tokens = *tokens, .tokens_per_s = *rate};
}

}  // namespace llf::gateway
