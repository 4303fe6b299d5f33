#include "base/clock.hpp"

namespace llf {

MonoTime mono_now() {
  return std::chrono::steady_clock::now();
}

std::int64_t unix_now() {
  return unix_now_ms() / 1000;
}

std::int64_t unix_now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace llf
