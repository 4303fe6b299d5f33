#include "text/safe_text.hpp"

#include "base/hidden_characters.hpp"

#include <algorithm>

namespace llf::text {
namespace {

constexpr std::size_t kLongestSequence = 4096;

constexpr char32_t kBell = 0x07;
constexpr char32_t kCancel = 0x18;
constexpr char32_t kSubstitute = 0x1A;
constexpr char32_t kEscape = 0x1B;
// C1 controls, which terminals take as ESC and a letter.
constexpr char32_t kDeviceControl = 0x90;
constexpr char32_t kStartOfString = 0x98;
constexpr char32_t kControlSequence = 0x9B;
constexpr char32_t kStringTerminator = 0x9C;
constexpr char32_t kOperatingSystem = 0x9D;
constexpr char32_t kPrivacy = 0x9E;
constexpr char32_t kApplication = 0x9F;

bool between(char32_t c, char32_t low, char32_t high) {
  return c >= low && c <= high;
}

bool is_control(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n') || between(c, 0x7F, 0x9F);
}

}  // namespace

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string SafeText::push(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char32_t c : decoder_.push(bytes)) take(c, out);
  return out;
}

std::string SafeText::finish() {
  std::string out;
  for (const char32_t c : decoder_.finish()) take(c, out);
  *this = {};
  return out;
}

void SafeText::enter(State state) {
  if (state_ == State::ground) length_ = 0;
  state_ = state;
}

void SafeText::take(char32_t c, std::string& out) {
  if (state_ != State::ground && ++length_ > kLongestSequence) enter(State::ground);
  switch (state_) {
    case State::ground:
      take_ground(c, out);
      break;
    case State::escape:
    case State::intermediate:
      take_escape(c, out);
      break;
    case State::csi:
      take_csi(c, out);
      break;
    case State::string:
    case State::string_escape:
      take_string(c, out);
      break;
  }
}

void SafeText::take_ground(char32_t c, std::string& out) {
  switch (c) {
    case kEscape:
      enter(State::escape);
      return;
    case kControlSequence:
      enter(State::csi);
      return;
    case kDeviceControl:
    case kStartOfString:
    case kOperatingSystem:
    case kPrivacy:
    case kApplication:
      enter(State::string);
      return;
    default:
      if (!is_control(c) && !is_bidi_control(c) && !is_tag_character(c)) append_utf8(c, out);
  }
}

// After ESC: intermediates, then one final character, unless it opens something longer. A
// character that cannot be part of it ends the sequence and is text again.
void SafeText::take_escape(char32_t c, std::string& out) {
  const bool first = state_ == State::escape;
  if (c == kEscape) {
    enter(State::escape);
  } else if (first && c == '[') {
    enter(State::csi);
  } else if (first && (c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_')) {
    enter(State::string);
  } else if (between(c, 0x20, 0x2F)) {
    enter(State::intermediate);
  } else {
    enter(State::ground);
    if (!between(c, 0x30, 0x7E)) take_ground(c, out);
  }
}

void SafeText::take_csi(char32_t c, std::string& out) {
  if (between(c, 0x20, 0x3F)) return;
  enter(State::ground);
  if (!between(c, 0x40, 0x7E)) take_ground(c, out);
}

void SafeText::take_string(char32_t c, std::string& out) {
  if (state_ == State::string_escape && c != '\\') {
    enter(State::escape);
    take_escape(c, out);
    return;
  }
  if (c == kEscape) {
    enter(State::string_escape);
  } else if (state_ == State::string_escape || c == kBell || c == kStringTerminator ||
             c == kCancel || c == kSubstitute) {
    enter(State::ground);
  }
}

std::string safe_text(std::string_view text) {
  SafeText filter;
  auto out = filter.push(text);
  out += filter.finish();
  return out;
}

std::string safe_line(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  auto out = safe_text(text);
  std::ranges::replace_if(out, [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return out;
}

}  // namespace llf::text
