#pragma once

#include "base/expected.hpp"
#include "base/limits.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Server-sent events as text: no I/O.
namespace llf::sse {

/// One dispatched event.
struct Event {
  std::string type = "message";  ///< of the field `event`
  std::string data;              ///< the `data` fields, joined by \n
  std::string id;                ///< the last `id` seen in the stream so far

  friend bool operator==(const Event&, const Event&) = default;
};

/// What one stream may hold.
struct ParserLimits {
  ByteSize line = limits::kSseLine;    ///< bytes of one line, its end excluded
  ByteSize event = limits::kSseEvent;  ///< bytes of one event's data
};

/// Parses an event stream that arrives in pieces of any size, as the HTML standard says (section
/// "Server-sent events"): lines end in CR, LF or CRLF, one byte order mark may come first, lines
/// that begin with a colon are comments, and an event that the end of the stream cuts is none.
///
///     parser.feed(bytes);
///     while (true) { auto event = parser.next(); if (!event || !*event) break; use(**event); }
///
/// Bytes are passed through as they are: what has to be UTF-8 is the caller's to say. One thread.
class Parser {
 public:
  explicit Parser(ParserLimits limits = {}) : limits_(limits) {}

  /// Gives the parser what came next. Call `next` until it has no event left before the next piece,
  /// so that no more than one piece is held.
  void feed(std::string_view bytes);

  /// The next complete event, nothing when more bytes are needed, or `too_large` past a limit; then
  /// every later call fails alike.
  [[nodiscard]] Expected<std::optional<Event>> next();

  /// Whether the stream has left a line or an event unfinished.
  [[nodiscard]] bool in_event() const;

  /// The last valid `retry` field, if there was one.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const { return retry_; }

 private:
  [[nodiscard]] Expected<bool> read_line();
  void take_line(std::string_view line);
  void take_field(std::string_view name, std::string_view value);

  ParserLimits limits_;
  std::string input_;       // bytes fed
  std::size_t at_ = 0;      // of input_, done so far
  std::string line_;        // the line in progress
  bool after_cr_ = false;   // a LF now belongs to the CR before it
  bool first_line_ = true;  // it may begin with a byte order mark
  bool dispatch_ = false;   // an empty line has ended an event
  bool has_data_ = false;   // the event in progress has a data field
  std::string type_;
  std::string data_;
  std::string last_id_;
  std::optional<std::chrono::milliseconds> retry_;
  std::optional<Error> failed_;
};

}  // namespace llf::sse
