#include "json/locate.hpp"

#include "json/comments.hpp"
#include "json/json.hpp"
#include "json/scanner.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace llf::json {
namespace {

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
  while (const auto member = scanner.next_member()) {
    if (is_key(text.substr(member->key, member->key_end - member->key), name)) found = member;
  }
  return found;
}

}  // namespace

std::optional<Member> locate(std::string_view text, std::span<const std::string_view> path) {
  return locate_plain(blank_comments(text), path);
}

std::optional<Member> locate_plain(std::string_view text, std::span<const std::string_view> path) {
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
  const auto column =
      newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
  return fmt::format("line {}, column {}", std::ranges::count(before, '\n') + 1, column + 1);
}

}  // namespace llf::json
