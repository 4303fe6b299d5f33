#pragma once

#include <cstddef>
#include <string_view>

namespace llf::net {

/// Remembers how an event stream that goes by ends, to know where a comment may be put: only
/// before the first byte and after an empty line, never inside an event (HTML, server-sent events,
/// where lines end with CR LF, LF or CR).
class StreamTail {
 public:
  constexpr void feed(std::string_view bytes) {
    if (bytes.size() > kEnough) {
      bytes.remove_prefix(bytes.size() - kEnough);
      empty_lines_ = 0;
      previous_ = ' ';
    }
    for (const char c : bytes) {
      // LF after CR is part of the same line end.
      if (c == '\n' && previous_ == '\r') {
        previous_ = c;
        continue;
      }
      if (c == '\n' || c == '\r') {
        if (empty_lines_ < 2) ++empty_lines_;
      } else {
        empty_lines_ = 0;
      }
      previous_ = c;
    }
  }

  /// True when nothing, or whole events, went by.
  [[nodiscard]] constexpr bool at_event_end() const { return empty_lines_ == 2; }

 private:
  static constexpr std::size_t kEnough = 4;  ///< the longest end of an event, CR LF CR LF

  int empty_lines_ = 2;  ///< line ends without a character since
  char previous_ = '\n';
};

}  // namespace llf::net
