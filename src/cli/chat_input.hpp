#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace llf::cli {

/// What the lines typed so far in a chat are.
struct ChatEntry {
  enum class Kind : std::uint8_t {
    nothing,  ///< blank
    more,     ///< the message is not complete yet
    message,  ///< `text` is to be sent
    command,  ///< a slash command: `name` and, in `text`, what follows it
    leave,    ///< the user wants to go
  };
  Kind kind = Kind::nothing;
  std::string text = {};
  std::string name = {};

  friend bool operator==(const ChatEntry&, const ChatEntry&) = default;
};

/// Makes messages and commands of typed lines. A message of several lines stands between two """,
/// or its lines end in a backslash, or it was pasted, and so came as one line with line ends in it.
/// "/word" is a command; "/etc/hosts is …" is a message. "exit" and "quit" alone leave. Pure.
class ChatInput {
 public:
  /// One line, without its end.
  [[nodiscard]] ChatEntry take(std::string_view line);

  /// Begins a message of several lines, which """ or the end of input closes (/multi).
  void begin_block();

  /// The end of input: closes a message of several lines, else leaves.
  [[nodiscard]] ChatEntry end();

  /// Forgets what was begun.
  void reset();

  /// Whether a message has been begun: the next prompt should look different.
  [[nodiscard]] bool pending() const { return block_ || !text_.empty(); }

 private:
  [[nodiscard]] ChatEntry take_in_block(std::string_view line);
  [[nodiscard]] ChatEntry finish(std::string_view last);

  std::string text_;
  bool block_ = false;
};

}  // namespace llf::cli
