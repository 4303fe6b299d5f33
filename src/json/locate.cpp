#include "json/locate.hpp"

#include "json/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace llf::json {
namespace {

constexpr auto kNone = std::string_view::npos;

/// Walks over a text that is known to be valid; at the end of one that is not, it stays there.
class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void step() { at_ = std::min(at_ + 1, text_.size()); }

  /// Over white space, commas, colons and comments.
  void skip_between() {
    while (at_ < text_.size()) {
      const auto rest = text_.substr(at_);
      if (rest.starts_with("//")) {
        skip_past("\n");
      } else if (rest.starts_with("/*")) {
        at_ += 2;
        skip_past("*/");
      } else if (std::string_view(" \t\r\n,:").contains(rest.front())) {
        ++at_;
      } else {
        return;
      }
    }
  }

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
      } else if (c == '}' || c == ']') {
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
  void skip_past(std::string_view mark) {
    const auto found = text_.find(mark, at_);
    at_ = found == kNone ? text_.size() : found + mark.size();
  }

  void skip_word() {
    const auto end = text_.find_first_of(" \t\r\n,:]}/", at_ + 1);
    at_ = std::min(end, text_.size());
  }

  std::string_view text_;
  std::size_t at_;
};

/// Whether a key, as it is written with its quotation marks, is `name`.
bool is_key(std::string_view written, std::string_view name) {
  if (!written.contains('\\')) return written.substr(1, written.size() - 2) == name;
  const auto value = parse(written);
  return value && value->is_string() && value->get_string() == name;
}

/// The member `name` of the object that begins at `at`.
std::optional<Member> member_of(std::string_view text, std::size_t at, std::string_view name) {
  Scanner scanner(text, at);
  scanner.skip_between();
  if (scanner.next() != '{') return std::nullopt;
  scanner.step();
  std::optional<Member> found;
  for (scanner.skip_between(); scanner.next() == '"'; scanner.skip_between()) {
    Member member{.key = scanner.at()};
    scanner.skip_string();
    const auto written = text.substr(member.key, scanner.at() - member.key);
    scanner.skip_between();
    member.value = scanner.at();
    scanner.skip_value();
    member.end = scanner.at();
    if (is_key(written, name)) found = member;
  }
  return found;
}

}  // namespace

std::optional<Member> locate(std::string_view text, std::span<const std::string_view> path) {
  std::optional<Member> member;
  for (const auto name : path) {
    member = member_of(text, member ? member->value : 0, name);
    if (!member) return std::nullopt;
  }
  return member;
}

std::string position(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto newline = before.rfind('\n');
  const auto column = newline == kNone ? before.size() : before.size() - newline - 1;
  return fmt::format("line {}, column {}", std::ranges::count(before, '\n') + 1, column + 1);
}

}  // namespace llf::json
