#pragma once

#include "json/locate.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace llf::json {

/// Walks over a text that is known to be valid and has no comments (any more: blank_comments); at
/// the end of one that is not, it stays there.
class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void step() { at_ = std::min(at_ + 1, text_.size()); }

  void skip_space() { skip_all(" \t\r\n"); }

  /// Over white space, commas and colons.
  void skip_between() { skip_all(" \t\r\n,:"); }

  void skip_value() {
    std::size_t depth = 0;
    do {
      if (depth > 0) skip_between();
      const char c = next();
      if (c == '"') {
        skip_string();
      } else if (c == '{' || c == '[') {
        ++depth;
        step();
      } else if ((c == '}' || c == ']') && depth > 0) {
        --depth;
        step();
      } else {
        skip_word();
      }
    } while (depth > 0 && at_ < text_.size());
  }

  void skip_string() {
    step();
    const auto begin = at_;
    bool escaped = true;
    while (escaped && at_ < text_.size()) {
      at_ = std::min(text_.find('"', at_), text_.size());
      auto slashes = at_;
      while (slashes > begin && text_[slashes - 1] == '\\') --slashes;
      escaped = (at_ - slashes) % 2 == 1;
      step();
    }
  }

  /// The next member of the object in which it stands, which it steps over; nothing at its end.
  [[nodiscard]] std::optional<Member> next_member() {
    skip_between();
    if (next() != '"') return std::nullopt;
    Member member{.key = at_};
    skip_string();
    member.key_end = at_;
    skip_between();
    member.value = at_;
    skip_value();
    member.end = at_;
    return member;
  }

 private:
  void skip_all(std::string_view characters) {
    at_ = std::min(text_.find_first_not_of(characters, at_), text_.size());
  }

  void skip_word() { at_ = std::min(text_.find_first_of(" \t\r\n,:]}", at_ + 1), text_.size()); }

  std::string_view text_;
  std::size_t at_;
};

}  // namespace llf::json
