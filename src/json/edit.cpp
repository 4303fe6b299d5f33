#include "json/edit.hpp"

#include "json/comments.hpp"
#include "json/locate.hpp"
#include "json/scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace llf::json {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr ParseOptions kCommented{.comments = true};

using Path = std::span<const std::string_view>;

/// A text and the same without its comments: what stands where is looked up in the second.
struct Source {
  std::string_view text;
  std::string plain;

  explicit Source(std::string_view given) : text(given), plain(blank_comments(given)) {}
};

/// How an object is written.
struct Layout {
  std::size_t open = 0;                   ///< of its opening brace
  std::size_t close = 0;                  ///< of its closing brace
  std::optional<Member> last;             ///< its last member
  std::optional<std::size_t> after_last;  ///< of the comma behind the last member
};

/// Of a comma at or behind `from`, if only white space and comments stand before it.
std::optional<std::size_t> comma_at(const Source& source, std::size_t from) {
  Scanner scanner(source.plain, from);
  scanner.skip_space();
  if (scanner.next() != ',') return std::nullopt;
  return scanner.at();
}

/// Inside the object at `at`, or behind `at`.
Scanner inside(const Source& source, std::size_t at) {
  Scanner scanner(source.plain, at);
  scanner.skip_space();
  scanner.step();
  return scanner;
}

/// `at`: of the object, or of what stands before it. The text is valid.
Layout layout_of(const Source& source, std::size_t at) {
  auto scanner = inside(source, at);
  Layout layout{
      .open = scanner.at() - 1, .close = 0, .last = std::nullopt, .after_last = std::nullopt};
  while (const auto member = scanner.next_member()) layout.last = member;
  layout.close = scanner.at();
  if (layout.last) layout.after_last = comma_at(source, layout.last->end);
  return layout;
}

/// The white space with which the line of a byte begins.
std::string_view indent_of(std::string_view text, std::size_t at) {
  const auto newline = text.substr(0, at).rfind('\n');
  const auto line = text.substr(newline == std::string_view::npos ? 0 : newline + 1);
  return line.substr(0, line.find_first_not_of(" \t"));
}

bool begins_its_line(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, at).find_last_not_of(" \t");
  return before == std::string_view::npos || text[before] == '\n';
}

/// A new last member of the object at `at`.
std::string append(std::string_view text, std::size_t at, std::string_view member) {
  const auto layout = layout_of(Source(text), at);
  const auto inside = text.substr(0, layout.close);
  const auto end = inside.find_last_not_of(kSpace) + 1;  // behind members and comments
  const auto outer = indent_of(text, layout.open);
  if (!layout.last) {
    return fmt::format("{}\n{}  {}\n{}{}", text.substr(0, end), outer, member, outer,
                       text.substr(layout.close));
  }
  const bool one_line = !inside.substr(layout.open).contains('\n');
  const auto inner = begins_its_line(text, layout.last->key)
                         ? std::string(indent_of(text, layout.last->key))
                         : fmt::format("{}  ", outer);
  return fmt::format(
      "{}{}{}{}{}{}{}", text.substr(0, layout.last->end), layout.after_last ? "" : ",",
      text.substr(layout.last->end, end - layout.last->end), one_line ? " " : "\n" + inner, member,
      layout.after_last ? "," : "", text.substr(end));
}

/// "key": value, with an object around the value for every further step of the path.
std::string member_text(Path path, const Value& value) {
  auto text = fmt::format("{}: ", write(Value(path.front())));
  for (const auto key : path.subspan(1)) text += fmt::format("{{{}: ", write(Value(key)));
  text += write(value);
  text.append(path.size() - 1, '}');
  return text;
}

/// The comma that goes with a member: the one behind it, else, of the last one, the one before.
std::optional<std::size_t> comma_of(std::string_view text, std::size_t object, const Member& gone) {
  const Source source(text);
  if (const auto behind = comma_at(source, gone.end)) return behind;
  auto scanner = inside(source, object);
  std::optional<std::size_t> comma;
  for (auto member = scanner.next_member(); member && member->key < gone.key;
       member = scanner.next_member()) {
    comma = comma_at(source, member->end);
  }
  return comma;
}

/// Without `gone`, and without its line when nothing else stands on it.
std::string cut(std::string_view text, std::size_t object, const Member& gone) {
  const auto comma = comma_of(text, object, gone);
  auto begin = gone.key;
  auto end = gone.end;
  std::string result;
  if (comma && *comma < begin) {
    result =
        fmt::format("{}{}", text.substr(0, *comma), text.substr(*comma + 1, begin - *comma - 1));
  } else {
    result = text.substr(0, begin);
  }
  std::string rest(text.substr(end));
  if (comma && *comma >= end) rest.erase(*comma - end, 1);
  if (begins_its_line(result, result.size())) {
    rest.erase(0, std::min(rest.find_first_not_of(" \t\r"), rest.size()));
    if (rest.starts_with('\n')) {
      result.resize(result.find_last_not_of(" \t") + 1);
      rest.erase(0, 1);
    }
  }
  return result + rest;
}

/// The start of the object at `path`.
std::size_t object_at(std::string_view text, Path path) {
  const auto member = locate(text, path);
  return member ? member->value : 0;
}

Expected<Value> parse_object(std::string_view text) {
  auto root = parse(text, kCommented);
  if (root && !root->is_object()) return failure(ErrorKind::invalid, "it must be a JSON object");
  return root;
}

}  // namespace

Expected<std::string> set_member(std::string_view text, Path path, const Value& value) {
  if (text.find_first_not_of(kSpace) == std::string_view::npos) text = "{}\n";
  const auto root = parse_object(text);
  if (!root) return failure(root.error());
  const Value* here = &*root;
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    if (!here->is_object()) {
      return failure(
          ErrorKind::conflict,
          fmt::format("{}: '{}' is no object", position(text, object_at(text, path.first(depth))),
                      path[depth - 1]));
    }
    const auto* next = here->get_object().if_contains(path[depth]);
    if (next == nullptr) {
      return append(text, object_at(text, path.first(depth)),
                    member_text(path.subspan(depth), value));
    }
    here = next;
  }
  const auto member = locate(text, path);
  return fmt::format("{}{}{}", text.substr(0, member->value), write(value),
                     text.substr(member->end));
}

Expected<std::string> remove_member(std::string_view text, Path path) {
  if (const auto root = parse_object(text); !root) return failure(root.error());
  std::string result(text);
  // A key may stand there several times.
  while (const auto member = locate(result, path)) {
    result = cut(result, object_at(result, path.first(path.size() - 1)), *member);
  }
  return result;
}

}  // namespace llf::json
