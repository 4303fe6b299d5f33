#pragma once

#include <string>
#include <string_view>

namespace llf::gateway {

/// Watches the bytes of an event stream for its regular end, `data: [DONE]`, however they are cut.
/// It keeps a few bytes only.
class StreamEnd {
 public:
  void feed(std::string_view bytes);

  /// True when the last event so far was `data: [DONE]`.
  [[nodiscard]] bool seen_done() const;

 private:
  std::string tail_;
};

}  // namespace llf::gateway
