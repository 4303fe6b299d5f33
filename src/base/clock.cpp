#include "base/clock.hpp"

namespace llf {

MonoTime mono_now() {
  return std::chrono::steady_clock::now();
}

std::int64_t unix_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

}  // namespace llf
