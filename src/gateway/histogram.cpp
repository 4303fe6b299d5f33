#include "gateway/histogram.hpp"

#include <fmt/format.h>

namespace llf::gateway {

std::string Histogram::text(std::string_view name, std::string_view labels) const {
  std::string out;
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    all += counts_.at(i);
    out += fmt::format("{}_bucket{{{},le=\"{}\"}} {}\n", name, labels, kBounds.at(i), all);
  }
  all += counts_.back();
  out += fmt::format("{}_bucket{{{},le=\"+Inf\"}} {}\n", name, labels, all);
  out += fmt::format("{}_sum{{{}}} {:.6f}\n{}_count{{{}}} {}\n", name, labels, sum_, name, labels,
                     all);
  return out;
}

}  // namespace llf::gateway
