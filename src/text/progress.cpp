#include "text/progress.hpp"

#include "text/width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace llf::text {
namespace {

constexpr std::array<std::string_view, 10> kSpinner{"⠋", "⠙", "⠹", "⠸", "⠼",
                                                    "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr auto kSpinnerStep = std::chrono::milliseconds(100);
constexpr std::array<std::string_view, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
constexpr std::size_t kWidestBar = 24;

std::string bar(double fraction, std::size_t cells) {
  const auto eighths = static_cast<std::size_t>(fraction * static_cast<double>(cells * 8));
  std::string out;
  for (std::size_t i = 0; i < eighths / 8; ++i) out += "█";
  out += kEighths.at(eighths % 8);
  out.append(cells - display_width(out), ' ');
  return out;
}

}  // namespace

std::string progress_line(const Progress& progress, std::size_t columns) {
  const auto seconds = static_cast<double>(progress.elapsed.count()) / 1000;
  const auto end = progress.detail.empty() ? fmt::format("{:.1f} s", seconds) : progress.detail;
  if (!progress.fraction) {
    const auto step = static_cast<std::size_t>(progress.elapsed / kSpinnerStep);
    const auto& frame = kSpinner.at(step % kSpinner.size());
    return fit(fmt::format("{} {}  {}", frame, progress.label, end), columns);
  }
  const auto fraction = std::clamp(*progress.fraction, 0.0, 1.0);
  const auto tail = fmt::format("{:3.0f} %  {}", fraction * 100, end);
  const auto used = display_width(progress.label) + display_width(tail) + 4;
  const auto room = columns > used ? columns - used : 0;
  if (room < 4) return fit(fmt::format("{}  {}", progress.label, tail), columns);
  return fmt::format("{}  {}  {}", progress.label, bar(fraction, std::min(room, kWidestBar)), tail);
}

}  // namespace llf::text
