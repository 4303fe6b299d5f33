// A fast upstream for P5 to P9, in one thread: takes the place of llama-server in llfd, or of a
// server elsewhere. Answers a chat at once with the same short text, or streams `max_tokens`
// events, one every `seed` microseconds, each in a chunk and a system call of its own, with the
// moment at which it leaves; with 0 as fast as the other end reads.

#include "relay_wire.hpp"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <queue>
#include <sys/un.h>
#include <unordered_map>
#include <utility>
#include <vector>

namespace llf::bench {
namespace {

constexpr int kBacklog = 4096;
constexpr int kEventsPerTurn = 64;  // of a stream without pauses, before the others get theirs
constexpr double kGolden = 0.618033988749895;

constexpr std::string_view kAnswer =
    R"({"choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant","content":)"
    R"("The quick brown fox jumps over the lazy dog."}}],"created":1764000000,"model":"m",)"
    R"("system_fingerprint":"bench","object":"chat.completion","usage":{"completion_tokens":10,)"
    R"("prompt_tokens":12,"total_tokens":22},"id":"chatcmpl-0123456789abcdef0123456789abcdef"})";
constexpr std::string_view kEventEnd =
    R"("}}],"created":1764000000,"id":"chatcmpl-0123456789abcdef0123456789abcdef","model":"m",)"
    R"("object":"chat.completion.chunk"})";
constexpr std::string_view kEventBegin = R"(data: {"choices":[{"index":0,"delta":{)";
constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kStreamEnd = "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";

struct Connection {
  int fd = -1;
  std::string in;
  std::string out;  // what the socket did not take
  std::int64_t events_left = 0;
  std::int64_t period_ns = 0;
  std::int64_t due = 0;
};

std::string answer(std::string_view type, std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string chunk(std::string_view data) {
  char size[20];
  std::snprintf(size, sizeof(size), "%zx\r\n", data.size());
  return size + std::string(data) + "\r\n";
}

std::string event_now() {
  char stamp[kStampDigits + 1];
  std::snprintf(stamp, sizeof(stamp), "%019lld", static_cast<long long>(now_ns()));
  return chunk(std::string(kEventBegin) + std::string(kBeforeStamp) + stamp +
               std::string(kEventEnd) + "\n\n");
}

class Upstream {
 public:
  Upstream() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

  void listen(int fd) {
    if (::listen(fd, kBacklog) != 0) std::exit(1);
    listeners_.push_back(fd);
    watch(fd, EPOLL_CTL_ADD, EPOLLIN);
  }

  [[noreturn]] void run() {
    epoll_event events[256];
    while (true) {
      auto until = due_.empty() ? std::nullopt : std::optional(due_.top().first);
      if (!busy_.empty()) until = 0;
      const int count = wait_until(epoll_, events, until);
      for (int i = 0; i < count; ++i) handle(events[i]);
      send_due();
      for (const int fd : std::exchange(busy_, {})) flood(fd);
    }
  }

 private:
  void watch(int fd, int what, std::uint32_t events) const {
    epoll_event event{.events = events, .data = {.fd = fd}};
    ::epoll_ctl(epoll_, what, fd, &event);
  }

  void handle(const epoll_event& event) {
    const int fd = event.data.fd;
    if (std::ranges::find(listeners_, fd) != listeners_.end()) {
      accept(fd);
    } else if ((event.events & EPOLLOUT) != 0) {
      written_again(fd);
    } else {
      read(fd);
    }
  }

  void accept(int listener) {
    while (true) {
      const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      no_delay(fd);
      connections_[fd].fd = fd;
      watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
  }

  void close(int fd) {
    ::close(fd);
    connections_.erase(fd);
  }

  void read(int fd) {
    char bytes[16384];
    const auto size = ::recv(fd, bytes, sizeof(bytes), 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) return close(fd);
    auto& connection = connections_.at(fd);
    connection.in.append(bytes, static_cast<std::size_t>(size));
    std::size_t head = 0;
    if (const auto whole = message_size(connection.in, head); whole != 0) {
      const auto request = std::exchange(connection.in, connection.in.substr(whole));
      serve(connection, std::string_view(request).substr(0, whole));
    }
  }

  void serve(Connection& connection, std::string_view request) {
    const auto json = "application/json";
    if (request.starts_with("GET /health")) {
      send(connection, answer(json, R"({"status":"ok"})"));
    } else if (request.starts_with("GET")) {
      send(connection, answer(json, R"({"object":"list","data":[{"id":"m","object":"model"}]})"));
    } else if (request.find(R"("stream":true)") == std::string_view::npos) {
      send(connection, answer(json, kAnswer));
    } else {
      begin(connection, request);
    }
  }

  void begin(Connection& connection, std::string_view request) {
    connection.events_left = number_after(request, R"("max_tokens":)");
    connection.period_ns = number_after(request, R"("seed":)") * 1000;
    send(connection, std::string(kStreamHead));
    if (connection.period_ns == 0) {
      busy_.push_back(connection.fd);
      return;
    }
    // Evenly spread over the period, however many there are and will be.
    phase_ += kGolden;
    phase_ -= static_cast<double>(static_cast<int>(phase_));
    connection.due =
        now_ns() + static_cast<std::int64_t>(static_cast<double>(connection.period_ns) * phase_);
    due_.emplace(connection.due, connection.fd);
  }

  void send_due() {
    while (!due_.empty() && due_.top().first <= now_ns()) {
      const auto [due, fd] = due_.top();
      due_.pop();
      const auto found = connections_.find(fd);
      if (found == connections_.end() || found->second.due != due) continue;  // it left
      auto& connection = found->second;
      send(connection, event_now());
      if (--connection.events_left > 0) {
        connection.due += connection.period_ns;
        due_.emplace(connection.due, fd);
      } else {
        connection.due = 0;
        send(connection, std::string(kStreamEnd));
      }
    }
  }

  void flood(int fd) {
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    auto& connection = found->second;
    for (int i = 0; i < kEventsPerTurn && connection.out.empty(); ++i) {
      if (connection.events_left-- == 0) return send(connection, std::string(kStreamEnd));
      send(connection, event_now());
    }
    if (connection.out.empty()) busy_.push_back(fd);
  }

  /// What the socket does not take goes when it takes more.
  void send(Connection& connection, std::string bytes) {
    if (connection.out.empty()) {
      const auto sent = ::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) bytes.erase(0, static_cast<std::size_t>(sent));
      if (sent < 0 && errno != EAGAIN) return;  // it is closed when that is read
      if (!bytes.empty()) watch(connection.fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    connection.out += bytes;
  }

  void written_again(int fd) {
    auto& connection = connections_.at(fd);
    const auto sent =
        ::send(fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return close(fd);
    connection.out.erase(0, static_cast<std::size_t>(std::max<ssize_t>(0, sent)));
    if (!connection.out.empty()) return;
    watch(fd, EPOLL_CTL_MOD, EPOLLIN);
    if (connection.period_ns == 0 && connection.events_left >= 0) busy_.push_back(fd);
  }

  using Due = std::pair<std::int64_t, int>;

  int epoll_;
  std::vector<int> listeners_;
  std::unordered_map<int, Connection> connections_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<int> busy_;  // streams without pauses, that can go on
  double phase_ = 0;
};

int unix_listener(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) std::exit(1);
  return fd;
}

/// On a free port of this machine, which is told.
int tcp_listener(std::uint16_t& port) {
  auto address = loopback(0);
  socklen_t size = sizeof(address);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::exit(1);
  }
  port = ntohs(address.sin_port);
  return fd;
}

int run(int argc, char** argv) {
  std::string_view host;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--version") return std::puts("version: 0 (bench)") < 0 ? 1 : 0;
    if (flag == "--help") {
      return std::puts("--model FNAME\n--host HOST\n--alias STRING\n--parallel N") < 0 ? 1 : 0;
    }
    if (flag == "--host" && i + 1 < argc) host = argv[i + 1];
  }
  sleep_exactly();
  Upstream upstream;
  if (!host.empty()) upstream.listen(unix_listener(host));
  std::uint16_t port = 0;
  upstream.listen(tcp_listener(port));
  std::fprintf(stderr, "srv: model loaded\nsrv: listening on port %d\n", port);
  upstream.run();
}

}  // namespace
}  // namespace llf::bench

int main(int argc, char** argv) {
  return llf::bench::run(argc, argv);
}
