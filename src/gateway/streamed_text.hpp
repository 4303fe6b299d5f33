#pragma once

#include "gateway/api.hpp"
#include "json/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace llf::gateway {

/// Keeps what the events of a stream that goes by have said so far, so that it can be gone on with
/// when the engine dies (continuation.hpp). An ordinary event costs a look at its beginning and a
/// copy of its text; every other one is parsed. It holds limits::kContinuedText at most. Loop
/// thread.
class StreamedText {
 public:
  /// Of a chat's or a completion's events.
  explicit StreamedText(Api api) : api_(api) {}

  void feed(std::string_view bytes);
  /// It cannot be gone on with, whatever it said.
  void forget() { give_up(); }

  /// Whether the stream can be gone on with: it stands between two events, all of them said plain
  /// text only, and the last has not come.
  [[nodiscard]] bool can_continue() const;

  /// What they said.
  [[nodiscard]] std::string text() const;
  /// How many said something: engines send an event for each token, or for few of them.
  [[nodiscard]] std::size_t tokens() const { return tokens_; }
  /// What every event of the stream has beside that: its id, time, model.
  [[nodiscard]] const json::Object& head() const { return head_; }

 private:
  void take_event(std::string_view event);
  bool take_ordinary(std::string_view event);
  void take_object(json::Object event);
  bool take_choice(const json::Object& choice);
  void add_text(std::string_view escaped);
  void give_up();

  Api api_;
  enum class State : std::uint8_t { open, finished, other } state_ = State::open;
  std::string pending_;  ///< of an event that has not come whole
  std::string escaped_;  ///< the text, as JSON strings have it
  std::size_t tokens_ = 0;
  json::Object head_;
};

}  // namespace llf::gateway
