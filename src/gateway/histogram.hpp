#pragma once

#include "base/clock.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace llf::gateway {

/// How often something took how long, as Prometheus counts it: every bucket holds all that took no
/// longer than its bound. Loop thread.
class Histogram {
 public:
  /// Seconds.
  static constexpr std::array kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,  0.25,
                                      0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0, 300.0};

  void note(Duration time) {
    const auto seconds = std::chrono::duration<double>(time).count();
    std::size_t bucket = 0;
    while (bucket < kBounds.size() && seconds > kBounds.at(bucket)) ++bucket;
    ++counts_.at(bucket);
    sum_ += seconds;
  }

  /// The lines of one series, `labels` being `model="x"` (Prometheus text format 0.0.4).
  [[nodiscard]] std::string text(std::string_view name, std::string_view labels) const;

 private:
  std::array<std::uint64_t, kBounds.size() + 1> counts_{};  ///< the last: longer than all
  double sum_ = 0;
};

}  // namespace llf::gateway
