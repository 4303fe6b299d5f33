#include "text/markdown.hpp"

#include <utility>

namespace llf::text {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n';
}

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

enum class Lead : std::uint8_t { undecided, text, heading, fence };

/// What a line is that begins with `lead`.
Lead judge(std::string_view lead) {
  const auto indent = lead.find_first_not_of(' ');
  if (indent == std::string_view::npos) return Lead::undecided;
  const auto mark = lead[indent];
  auto run = lead.find_first_not_of(mark, indent);
  const bool open = run == std::string_view::npos;
  run = (open ? lead.size() : run) - indent;
  if (mark == '#' && run <= 6) {
    if (open) return Lead::undecided;
    return lead.back() == ' ' ? Lead::heading : Lead::text;
  }
  if (mark == '`' || mark == '~') {
    if (open) return Lead::undecided;
    return run >= 3 ? Lead::fence : Lead::text;
  }
  return Lead::text;
}

/// How many times the first mark of `lead` stands there.
std::size_t mark_count(std::string_view lead) {
  const auto indent = lead.find_first_not_of(' ');
  if (indent == std::string_view::npos) return 0;
  const auto end = lead.find_first_not_of(lead[indent], indent);
  return (end == std::string_view::npos ? lead.size() : end) - indent;
}

}  // namespace

std::string MarkdownStyler::push(std::string_view text) {
  for (const char c : text) take(c);
  return std::exchange(out_, {});
}

std::string MarkdownStyler::finish() {
  if (line_ == Line::start) {
    const bool closes = fence_ != 0 && mark_count(lead_) >= fence_length_;
    print(lead_, closes ? Look{.dim = true} : Look{.code = fence_ != 0});
  } else if (line_ == Line::text || line_ == Line::heading) {
    end_run('\n');
    if (escape_) print("\\", inline_look());
  }
  print("", {});
  auto out = std::move(out_);
  *this = {};
  return out;
}

void MarkdownStyler::take(char c) {
  if (line_ == Line::start) {
    take_line_start(c);
  } else if (c == '\n') {
    end_line();
  } else if (line_ == Line::fence) {
    if (c == '`' && fence_ == '`') fence_ = 0;  // ```code``` on one line is no fence
    print({&c, 1}, {.dim = true});
  } else if (line_ == Line::code) {
    print({&c, 1}, {.code = true});
  } else {
    take_inline(c);
  }
}

void MarkdownStyler::take_line_start(char c) {
  const std::string_view marks = fence_ != 0 ? std::string_view(&fence_, 1) : "#`~";
  const bool blank = lead_.find_first_not_of(' ') == std::string::npos;
  if (c == ' ' && blank) {
    lead_ += c;
    return;
  }
  if (fence_ != 0) {
    if (marks.find(c) != std::string_view::npos) {
      lead_ += c;
      return;
    }
    const bool closes = !blank && mark_count(lead_) >= fence_length_ && is_space(c);
    if (closes) fence_ = 0;
    leave_line_start(closes ? Line::fence : Line::code);
    take(c);
    return;
  }
  if (blank && marks.find(c) == std::string_view::npos) {
    leave_line_start(Line::text);
    take(c);
    return;
  }
  switch (judge(lead_ + c)) {
    case Lead::undecided:
      lead_ += c;
      return;
    case Lead::fence:
      fence_ = lead_.back();
      fence_length_ = mark_count(lead_);
      leave_line_start(Line::fence);
      break;
    case Lead::heading:
      leave_line_start(Line::heading);
      break;
    case Lead::text:
      leave_line_start(Line::text);
      break;
  }
  take(c);
}

// The line's kind is known now: what was held back is shown, or read again as text.
void MarkdownStyler::leave_line_start(Line line) {
  line_ = line;
  const auto lead = std::exchange(lead_, {});
  if (line == Line::text) {
    for (const char c : lead) take_inline(c);
  } else if (line == Line::heading) {
    print(lead, inline_look());
    before_ = ' ';
  } else {
    print(lead, line == Line::fence ? Look{.dim = true} : Look{.code = true});
  }
}

void MarkdownStyler::take_inline(char c) {
  if (escape_) {
    escape_ = false;
    if (c != '*' && c != '`' && c != '_' && c != '#') print("\\", inline_look());
    print({&c, 1}, inline_look());
    before_ = c;
    return;
  }
  if (run_mark_ != 0 && c != run_mark_) end_run(c);
  if (c == '`' || (c == '*' && code_ == 0)) {
    run_mark_ = c;
    ++run_length_;
  } else if (c == '\\' && code_ == 0) {
    escape_ = true;
  } else {
    print({&c, 1}, inline_look());
    before_ = c;
  }
}

// A run of marks is over, and `next` follows it.
void MarkdownStyler::end_run(char next) {
  if (run_mark_ == 0) return;
  const auto mark = std::exchange(run_mark_, char{});
  const auto length = std::exchange(run_length_, 0);
  const auto before = std::exchange(before_, mark);
  const std::string marks(length, mark);
  if (mark == '`') {
    const bool closes = code_ == length;
    if (code_ == 0) code_ = length;
    print(marks, inline_look());
    if (closes) code_ = 0;
    return;
  }
  const bool strong_mark = length == 2 || length == 3;
  if (strong_mark && strong_ && !is_space(before)) {
    strong_ = false;
  } else if (strong_mark && !strong_ && !is_space(next) && !is_word(before)) {
    strong_ = true;
  } else {
    print(marks, inline_look());
  }
}

void MarkdownStyler::end_line() {
  end_run('\n');
  if (std::exchange(escape_, false)) print("\\", inline_look());
  strong_ = false;
  code_ = 0;
  before_ = '\n';
  line_ = Line::start;
  print("\n", {});
}

MarkdownStyler::Look MarkdownStyler::inline_look() const {
  return {.strong = strong_ || line_ == Line::heading, .dim = false, .code = code_ != 0};
}

void MarkdownStyler::print(std::string_view text, Look look) {
  if (look != shown_) {
    if (shown_ != Look{}) out_ += "\x1b[0m";
    if (look.strong) out_ += "\x1b[1m";
    if (look.dim) out_ += "\x1b[2m";
    if (look.code) out_ += "\x1b[36m";
    shown_ = look;
  }
  out_ += text;
}

}  // namespace llf::text
