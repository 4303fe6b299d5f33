#pragma once

#include "base/task.hpp"
#include "net/address.hpp"
#include "net/chunk_scanner.hpp"
#include "net/exchange.hpp"
#include "net/framing.hpp"
#include "net/http_client.hpp"
#include "net/socket.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::net {

/// One request's connection to an upstream, and the answer that comes on it.
class UpstreamBody {
 public:
  /// Takes a connection over that another request may be sent on.
  using Keep = std::function<void(Socket)>;

  /// `keep` may be empty: the connection is closed after the answer.
  UpstreamBody(Socket socket, const Timeouts& timeouts, Keep keep = {})
      : socket_(std::move(socket)), timeouts_(timeouts), keep_(std::move(keep)) {}
  UpstreamBody(const UpstreamBody&) = delete;
  UpstreamBody& operator=(const UpstreamBody&) = delete;
  /// Hands the connection on if the answer was taken whole.
  ~UpstreamBody();

  [[nodiscard]] const ResponseHead& head() const { return head_; }

  /// Sends the request and reads the head, past interim ones.
  [[nodiscard]] Task<Expected<void>> start(const ClientRequest& request, std::string_view host);

  /// Nothing at all has come.
  [[nodiscard]] bool silent() const { return !has_head_ && inbox_.bytes.empty(); }

  // Reading the body: `take` what is there, `fill` for more.

  /// The next payload that has come, up to the end of its chunk; it lives until the next call.
  /// Empty: nothing has come, or the body is complete. Errors: upstream.
  [[nodiscard]] Expected<std::string_view> take_payload();

  /// The whole body has been taken.
  [[nodiscard]] bool complete() const { return complete_; }

  enum class Filled : std::uint8_t { bytes, deadline };

  /// Waits for more bytes. `deadline` is returned when none came before it. Errors: upstream (cut
  /// short), timeout (nothing for Timeouts::read), cancelled.
  [[nodiscard]] Task<Expected<Filled>> fill(MonoTime deadline = MonoTime::max());

  // For the relay of whole chunks, instead of take_payload.

  [[nodiscard]] bool is_chunked() const { return head_.body.kind == BodyKind::chunked; }
  [[nodiscard]] std::string& raw() { return inbox_.bytes; }
  [[nodiscard]] ChunkScanner& scanner() { return scanner_; }
  void set_complete() { complete_ = true; }

 private:
  [[nodiscard]] Task<Expected<void>> read_head(std::string_view method);
  [[nodiscard]] Expected<bool> parse_head(HeadScanner& scanner, std::string_view method);
  [[nodiscard]] Expected<std::string_view> take_chunk_payload();
  [[nodiscard]] Error cut_short() const;

  Socket socket_;
  Timeouts timeouts_;
  Keep keep_;
  ResponseHead head_;
  bool has_head_ = false;
  Inbox inbox_;
  std::size_t used_ = 0;  ///< of the inbox, by the last take_payload
  ChunkScanner scanner_;
  std::uint64_t left_ = 0;  ///< of a Content-Length
  bool complete_ = false;
  int fills_ = 0;  ///< since others had a turn
  std::size_t interim_ = 0;
};

/// Connects a socket to an endpoint. Errors: unavailable, timeout, cancelled, invalid.
[[nodiscard]] Task<Expected<Socket>> connect_to(Endpoint endpoint, Duration limit);

/// Connects to the first of these that takes it. Errors: unavailable, timeout, cancelled.
[[nodiscard]] Task<Expected<Socket>> connect_to_any(std::vector<Address> addresses,
                                                    MonoTime deadline);

}  // namespace llf::net
