#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace llf::text {

/// Gives streamed Markdown a light look on a terminal with colours: headings and **strong** text
/// bold, code in a colour of its own. Nothing is reflowed and nothing printed is changed later: a
/// character is held back only while it may still become a marker, and only the markers of strong
/// text and the backslash of an escape disappear. Text that is no Markdown stays as it is.
///
/// Push safe text only. One thread.
class MarkdownStyler {
 public:
  [[nodiscard]] std::string push(std::string_view text);

  /// The end: what was held back, and the plain look again. The styler starts anew.
  [[nodiscard]] std::string finish();

 private:
  struct Look {
    bool strong = false;
    bool dim = false;
    bool code = false;
    friend bool operator==(const Look&, const Look&) = default;
  };
  enum class Line : std::uint8_t { start, text, heading, fence, code };

  void take(char c);
  void take_line_start(char c);
  void leave_line_start(Line line);
  void take_inline(char c);
  void end_run(char next);
  void end_line();
  void print(std::string_view text, Look look);
  [[nodiscard]] Look inline_look() const;

  std::string out_;
  Look shown_;  // what the terminal is set to
  Line line_ = Line::start;
  std::string lead_;  // a line's beginning that is not understood yet
  char fence_ = 0;    // inside a code block: what its fence is made of
  std::size_t fence_length_ = 0;
  char run_mark_ = 0;  // a run of * or ` that is not understood yet
  std::size_t run_length_ = 0;
  char before_ = '\n';  // the character before the run
  bool strong_ = false;
  std::size_t code_ = 0;  // inside inline code: the length of its backticks
  bool escape_ = false;   // after a backslash
};

}  // namespace llf::text
