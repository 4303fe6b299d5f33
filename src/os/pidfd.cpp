#include "os/pidfd.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <poll.h>

namespace llf::os {

bool await_end(const UniqueFd& pidfd, Duration limit) {
  using std::chrono::milliseconds;
  const auto deadline = mono_now() + limit;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - mono_now());
    pollfd end{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&end, 1, static_cast<int>(std::max(left, milliseconds(0)).count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace llf::os
