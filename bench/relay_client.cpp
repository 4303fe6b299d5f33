// A client that measures a relay, in one thread:
//   relay_client PORT CONNECTIONS REQUESTS RATE BODY
// Sends so many chats over as many connections, RATE a second in all, each at its own moment
// whatever became of those before (0: as soon as the last one is answered), and prints the
// microseconds at which half, and 99 of 100, had come, and the number a second. Those of a plain
// answer count from when its request was to be sent; those of an event of a stream, from when the
// upstream sent it.

#include "relay_wire.hpp"
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace llf::bench {
namespace {

struct Options {
  std::uint16_t port = 0;
  std::int64_t connections = 1;
  std::int64_t requests = 1;
  std::int64_t rate = 0;
  std::string request;
  bool streams = false;
};

[[noreturn]] void fail(std::string_view what, std::string_view seen) {
  std::fprintf(stderr, "relay_client: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(std::min<std::size_t>(seen.size(), 500)), seen.data());
  std::exit(1);
}

/// Takes the framing from a chunked body, wherever it was cut.
class Unchunk {
 public:
  /// Appends the payload in `bytes` to `payload`.
  void feed(std::string_view bytes, std::string& payload) {
    while (!bytes.empty() && !ended_) {
      if (left_ > 0) {
        const auto part = bytes.substr(0, left_);
        payload += part;
        left_ -= part.size();
        bytes.remove_prefix(part.size());
        continue;
      }
      line(bytes[0]);
      bytes.remove_prefix(1);
    }
  }

  [[nodiscard]] bool ended() const { return ended_; }

 private:
  /// The line before a chunk, or the empty one behind it or behind them all.
  void line(char next) {
    if (next != '\n') {
      line_ += next;
      return;
    }
    const bool empty = line_ == "\r";
    if (empty && last_) ended_ = true;
    const auto* const end = line_.data() + line_.size();
    if (!empty && std::from_chars(line_.data(), end, left_, 16).ptr == line_.data()) {
      fail("a chunk's size", line_);
    }
    last_ = last_ || (!empty && left_ == 0);
    line_.clear();
  }

  std::size_t left_ = 0;
  std::string line_;
  bool last_ = false;
  bool ended_ = false;
};

struct Connection {
  int fd = -1;
  std::string in;
  std::int64_t due = 0;   // of the request that is sent next, or was
  bool waits = false;     // for its answer
  bool has_head = false;  // of a stream
  Unchunk body;
};

class Client {
 public:
  explicit Client(const Options& options)
      : options_(options), epoll_(::epoll_create1(0)), left_(options.requests) {
    const auto address = loopback(options.port);
    for (std::int64_t i = 0; i < options.connections; ++i) {
      auto& one = connections_.emplace_back();
      one.fd = ::socket(AF_INET, SOCK_STREAM, 0);
      if (::connect(one.fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        fail("no connection", std::to_string(options.port));
      }
      no_delay(one.fd);
      epoll_event event{.events = EPOLLIN, .data = {.u64 = static_cast<std::uint64_t>(i)}};
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, one.fd, &event);
    }
  }

  void run() {
    const auto begin = now_ns();
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].due = begin + static_cast<std::int64_t>(i) * step();
    }
    epoll_event events[256];
    while (answered_ < options_.requests) {
      const int count = wait_until(epoll_, events, send_due());
      const auto now = now_ns();
      for (int i = 0; i < count; ++i) read(connections_[events[i].data.u64], now);
    }
    const auto took = static_cast<double>(now_ns() - begin) / kSecond;
    std::ranges::sort(samples_);
    std::printf("%.3f %.3f %.1f\n", at(0.5), at(0.99), static_cast<double>(samples_.size()) / took);
  }

 private:
  [[nodiscard]] std::int64_t step() const {
    return options_.rate == 0 ? 0 : kSecond / options_.rate;
  }

  [[nodiscard]] double at(double part) const {
    if (samples_.empty()) fail("no samples", "");
    const auto last = static_cast<double>(samples_.size() - 1);
    return static_cast<double>(samples_[static_cast<std::size_t>(last * part)]) / 1000;
  }

  /// Sends what is due; when the next one is.
  std::optional<std::int64_t> send_due() {
    std::optional<std::int64_t> next;
    for (auto& one : connections_) {
      if (one.waits || left_ == 0) continue;
      if (one.due <= now_ns()) {
        send(one);
      } else {
        next = std::min(next.value_or(one.due), one.due);
      }
    }
    return next;
  }

  void send(Connection& to) {
    to.waits = true;
    --left_;
    const auto size = static_cast<ssize_t>(options_.request.size());
    if (::send(to.fd, options_.request.data(), options_.request.size(), MSG_NOSIGNAL) != size) {
      fail("not sent", "");
    }
  }

  void read(Connection& from, std::int64_t now) {
    static char bytes[1 << 16];
    const auto size = ::recv(from.fd, bytes, sizeof(bytes), 0);
    if (size <= 0) fail("closed", from.in);
    const std::string_view got(bytes, static_cast<std::size_t>(size));
    if (options_.streams) {
      read_stream(from, got, now);
    } else {
      read_plain(from, got, now);
    }
  }

  void read_plain(Connection& from, std::string_view got, std::int64_t now) {
    from.in += got;
    std::size_t head = 0;
    const auto whole = message_size(from.in, head);
    if (whole == 0) return;
    if (!from.in.starts_with("HTTP/1.1 200") || whole != from.in.size()) fail("answer", from.in);
    from.in.clear();
    samples_.push_back(now - from.due);
    done(from, now);
  }

  void done(Connection& with, std::int64_t now) {
    with.waits = false;
    with.has_head = false;
    with.body = {};
    with.due = options_.rate == 0 ? now : with.due + step() * options_.connections;
    ++answered_;
  }

  void read_stream(Connection& from, std::string_view got, std::int64_t now) {
    if (!from.has_head) {
      from.in += got;
      const auto end = from.in.find("\r\n\r\n");
      if (end == std::string::npos) return;
      if (!from.in.starts_with("HTTP/1.1 200")) fail("answer", from.in);
      from.has_head = true;
      const auto rest = std::exchange(from.in, {}).substr(end + 4);
      from.body.feed(rest, from.in);
    } else {
      from.body.feed(got, from.in);
    }
    take_events(from.in, now);
    if (!from.body.ended()) return;
    if (from.in != "data: [DONE]\n\n") fail("the stream ended with", from.in);
    from.in.clear();
    done(from, now);
  }

  /// Takes the whole events with a stamp from the front of `text`.
  void take_events(std::string& text, std::int64_t now) {
    std::size_t taken = 0;
    while (true) {
      const auto end = text.find("\n\n", taken);
      if (end == std::string::npos) break;
      const auto event = std::string_view(text).substr(taken, end - taken);
      const auto sent = number_after(event, kBeforeStamp);
      if (sent == 0) break;
      samples_.push_back(now - sent);
      taken = end + 2;
    }
    text.erase(0, taken);
  }

  const Options& options_;
  int epoll_;
  std::int64_t left_;
  std::int64_t answered_ = 0;
  std::vector<Connection> connections_;
  std::vector<std::int64_t> samples_;  // nanoseconds
};

}  // namespace
}  // namespace llf::bench

int main(int argc, char** argv) {
  using llf::bench::number_after;
  if (argc != 6) return 2;
  const std::string body = argv[5];
  const llf::bench::Options options{
      .port = static_cast<std::uint16_t>(number_after(argv[1], "")),
      .connections = number_after(argv[2], ""),
      .requests = number_after(argv[3], ""),
      .rate = number_after(argv[4], ""),
      .request =
          "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
          "application/json\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body,
      .streams = body.find(R"("stream":true)") != std::string::npos};
  llf::bench::sleep_exactly();
  llf::bench::Client(options).run();
}
