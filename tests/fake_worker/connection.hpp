#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::fake_worker {

struct Request {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;

  /// The header's value, or nothing.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// One accepted connection, used by one thread, with blocking reads and writes. Closes its socket.
class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// The next request; nothing at the end, on garbage, or after 5 idle seconds, like the engine.
  std::optional<Request> read_request();

  /// Sends everything; false when the client is gone.
  bool send(std::string_view bytes) const;

  /// A complete answer with a body. `keep_alive` is what the client asked for.
  bool reply(int status, std::string_view body,
             std::string_view content_type = "application/json; charset=utf-8") const;

  /// The status line and the headers that the engine always sends, without the empty line.
  [[nodiscard]] std::string head(int status, std::string_view content_type) const;

  /// Waits; true when the client closed (a half-close too, like the engine).
  [[nodiscard]] bool gone_within(std::chrono::milliseconds wait) const;

  /// Whether the connection stays open after the current answer.
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  void close_after_this() { keep_alive_ = false; }

 private:
  bool fill();

  int fd_;
  std::string buffer_;
  bool keep_alive_ = true;
};

}  // namespace llf::fake_worker
