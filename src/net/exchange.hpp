#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/event.hpp"
#include "net/http_message.hpp"
#include "net/message_writer.hpp"
#include "net/socket.hpp"
#include "net/stream_tail.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llf::net {

/// What has come on a connection and is not used up yet.
struct Inbox {
  std::string bytes;
  bool ended = false;  ///< the client sends no more
};

/// One request's answer on its connection: what is behind a Responder. It belongs to the
/// connection's task.
class Exchange {
 public:
  struct Facts {
    bool head_only = false;  ///< the request was HEAD: no body is sent
    int minor_version = 1;
    bool keep_alive = true;
    bool is_unix = false;
    Duration write_timeout{};
  };

  Exchange(Socket& socket, Inbox& inbox, const Facts& facts);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // As in Responder.
  [[nodiscard]] Task<Expected<void>> send(Response response);
  [[nodiscard]] Task<Expected<void>> begin(int status, Headers headers);
  [[nodiscard]] Task<Expected<void>> write(std::string_view part);
  [[nodiscard]] Task<Expected<void>> end();
  [[nodiscard]] Task<Expected<void>> closed();
  void abort();
  [[nodiscard]] bool started() const { return state_ != State::waiting; }
  [[nodiscard]] bool finished() const { return state_ == State::finished; }

  // For the relay.
  enum class Last : std::uint8_t { no, yes };

  /// True when whole chunks may go through as they are.
  [[nodiscard]] bool takes_raw_chunks() const;

  /// Sends chunks that ChunkScanner has checked, whose last payload bytes are `tail`; with
  /// Last::yes the end of the body in the same system call.
  [[nodiscard]] Task<Expected<void>> write_raw(std::string_view chunks, std::string_view tail,
                                               Last last);

  /// Sends a comment when an event stream is between two events.
  [[nodiscard]] Task<Expected<void>> ping();

  // For the connection.
  /// The client may send another request after this answer.
  [[nodiscard]] bool reusable() const { return finished() && facts_.keep_alive; }
  /// The end of the connection must not look like the regular end of the body, or nobody reads it.
  [[nodiscard]] bool needs_reset() const;
  void forbid_reuse() { facts_.keep_alive = false; }

 private:
  enum class State : std::uint8_t { waiting, begun, finished, broken };

  [[nodiscard]] Task<Expected<void>> put(Socket::Parts parts);
  [[nodiscard]] std::string take_head(int status, const Headers& headers);
  [[nodiscard]] bool is_event_stream_at_event_end() const;
  /// Reads what the client sends meanwhile. True when something happened that is worth a new look.
  [[nodiscard]] bool read_ahead();
  void probe();
  [[nodiscard]] Task<Expected<void>> watch();

  Socket& socket_;
  Inbox& inbox_;
  Facts facts_;
  State state_ = State::waiting;
  BodyMode mode_ = BodyMode::length;
  bool no_body_ = false;  ///< HEAD, 204, 304
  bool writing_ = false;
  bool stalled_ = false;  ///< the client did not read for too long
  bool event_stream_ = false;
  std::uint64_t left_ = 0;  ///< of the declared length
  StreamTail tail_;
  bool watched_ = false;  ///< a task is in `watch`
  Event watch_over_;      ///< set for a moment when it leaves
  std::string unsent_;    ///< of a probe that the socket took only in part
};

}  // namespace llf::net
