#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace llf::gateway {

/// How fast an engine was, as it says at the end of its answer ("timings" of llama-server).
struct EngineSpeed {
  double tokens = 0;        ///< that it made
  double tokens_per_s = 0;  ///< while it made them
};

/// Watches the bytes of an answer for that, however they are cut. It keeps their end only.
class EngineTimings {
 public:
  void feed(std::string_view bytes);

  /// Of the bytes so far; nothing when they do not say.
  [[nodiscard]] std::optional<EngineSpeed> speed() const;

 private:
  std::string tail_;
};

}  // namespace llf::gateway
