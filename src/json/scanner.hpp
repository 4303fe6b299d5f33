#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace llf::json {

/// Walks over a text that is known to be valid; at the end of one that is not, it stays there.
class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void step() { at_ = std::min(at_ + 1, text_.size()); }

  /// Over white space and comments.
  void skip_space() { skip_all(" \t\r\n"); }

  /// Over the same, commas and colons.
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
    while (at_ < text_.size() && next() != '"') {
      if (next() == '\\') step();
      step();
    }
    step();
  }

 private:
  void skip_all(std::string_view characters) {
    while (at_ < text_.size()) {
      const auto rest = text_.substr(at_);
      if (rest.starts_with("//")) {
        skip_past("\n");
      } else if (rest.starts_with("/*")) {
        at_ += 2;
        skip_past("*/");
      } else if (characters.contains(rest.front())) {
        ++at_;
      } else {
        return;
      }
    }
  }

  void skip_past(std::string_view mark) {
    const auto found = text_.find(mark, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + mark.size();
  }

  void skip_word() {
    const auto end = text_.find_first_of(" \t\r\n,:]}/", at_ + 1);
    at_ = std::min(end, text_.size());
  }

  std::string_view text_;
  std::size_t at_;
};

}  // namespace llf::json
