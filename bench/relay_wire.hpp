// What the two ends of a relay under measurement, relay_upstream and relay_client, have in common.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace llf::bench {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::size_t kStampDigits = 19;  // of the clock, in nanoseconds

/// The moment at which an event was sent stands in its text: the clock is the same in all
/// processes.
constexpr std::string_view kBeforeStamp = R"("content":"@)";

inline std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

inline void no_delay(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// Sleeps end when they should, not up to 50 microseconds later.
inline void sleep_exactly() {
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

/// Waits for events until a moment; for ever without one.
template <std::size_t Size>
int wait_until(int epoll, epoll_event (&events)[Size], std::optional<std::int64_t> until) {
  const auto left = until ? std::max<std::int64_t>(0, *until - now_ns()) : 0;
  const timespec time{.tv_sec = left / kSecond, .tv_nsec = left % kSecond};
  return ::epoll_pwait2(epoll, events, Size, until ? &time : nullptr, nullptr);
}

/// The number after the first `key` in `text`; 0 when there is none.
inline std::int64_t number_after(std::string_view text, std::string_view key) {
  std::int64_t value = 0;
  const auto at = text.find(key);
  if (at == std::string_view::npos) return 0;
  for (auto rest = text.substr(at + key.size()); !rest.empty(); rest.remove_prefix(1)) {
    if (rest[0] < '0' || rest[0] > '9') break;
    value = value * 10 + (rest[0] - '0');
  }
  return value;
}

/// The size of the first whole message with a Content-Length in `bytes`, `head` that of its head; 0
/// until it is there.
inline std::size_t message_size(std::string_view bytes, std::size_t& head) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  head = end + 4;
  const auto fields = bytes.substr(0, head);
  const auto size = head + static_cast<std::size_t>(number_after(fields, "Content-Length: ")) +
                    static_cast<std::size_t>(number_after(fields, "content-length: "));
  return bytes.size() < size ? 0 : size;
}

}  // namespace llf::bench
