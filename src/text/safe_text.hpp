#pragma once

#include "base/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace llf::text {

/// Makes text that a model or a server wrote safe for a terminal (SEC-42). What comes out is valid
/// UTF-8 without control characters but tab and newline: escape sequences (ECMA-48: CSI, OSC, DCS,
/// SOS, PM, APC and the short ones) go as a whole, and so do C0, DEL, C1, the bidirectional
/// controls and the tag characters. Bytes that are no UTF-8 become U+FFFD.
///
/// The text may come in pieces cut anywhere; a piece is never held back but for a cut character.
/// A control string without an end is given up after 4096 characters, so that it cannot swallow an
/// answer. One thread.
class SafeText {
 public:
  /// What may be shown of `bytes`.
  [[nodiscard]] std::string push(std::string_view bytes);

  /// The end of the text: U+FFFD if it cut a character, else nothing. The filter starts anew.
  [[nodiscard]] std::string finish();

 private:
  enum class State : std::uint8_t { ground, escape, intermediate, csi, string, string_escape };

  void take(char32_t c, std::string& out);
  void take_ground(char32_t c, std::string& out);
  void take_escape(char32_t c, std::string& out);
  void take_csi(char32_t c, std::string& out);
  void take_string(char32_t c, std::string& out);
  void enter(State state);

  Utf8Decoder decoder_;
  State state_ = State::ground;
  std::size_t length_ = 0;  // of the sequence in progress
};

/// A whole text, safe for a terminal.
[[nodiscard]] std::string safe_text(std::string_view text);

/// Whether a text is printable ASCII and nothing else: safe, and a column a byte.
[[nodiscard]] bool is_plain(std::string_view text);

/// The same on one line: for names and messages of others inside our own lines. Tabs and newlines
/// become spaces.
[[nodiscard]] std::string safe_line(std::string_view text);

}  // namespace llf::text
