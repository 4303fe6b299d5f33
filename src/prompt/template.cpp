#include "prompt/template.hpp"

#include "base/ascii.hpp"
#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "json/comments.hpp"
#include "json/json.hpp"
#include "json/locate.hpp"
#include "json/scanner.hpp"
#include "prompt/choice.hpp"
#include "prompt/variables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

namespace llf::prompt {
namespace {

using Texts = std::vector<std::string>;
using Examples = std::vector<Example>;
using Messages = std::vector<Message>;

/// A key of the file, and the member that it stands for.
struct Key {
  std::string_view name;
  std::variant<std::string Template::*, Texts Template::*, Examples Template::*,
               Messages Template::*, Variables Template::*>
      member;
};

constexpr std::array kKeys{
    Key{"description", &Template::description},
    Key{"category", &Template::category},
    Key{"tags", &Template::tags},
    Key{"system", &Template::system},
    Key{"master", &Template::master},
    Key{"examples", &Template::examples},
    Key{"prefix", &Template::prefix},
    Key{"suffix", &Template::suffix},
    Key{"opening", &Template::opening},
    Key{"variables", &Template::variables},
};

/// The same of a message and of an example, which need all of theirs.
template <class T>
struct PartKey {
  std::string_view name;
  std::string T::* member;
};

template <class T>
constexpr std::array<PartKey<T>, 2> kParts{};
template <>
constexpr std::array<PartKey<Message>, 2> kParts<Message>{
    {{"role", &Message::role}, {"content", &Message::content}}};
template <>
constexpr std::array<PartKey<Example>, 2> kParts<Example>{
    {{"user", &Example::user}, {"assistant", &Example::assistant}}};

constexpr std::array<std::string_view, 3> kRoles{"system", "user", "assistant"};
constexpr std::array<std::string_view, 2> kReserved{kNone, kSelected};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

template <class Keys>
std::string meant(std::string_view typed, const Keys& keys) {
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const auto& key : keys) names.emplace_back(key.name);
  return did_you_mean(typed, names);
}

/// A way through the file: keys of objects and places in lists.
using Step = std::variant<std::string_view, std::size_t>;
using Path = std::vector<Step>;

/// "prefix[0].role"
std::string written(const Path& path) {
  std::string text;
  for (const auto& step : path) {
    if (const auto* place = std::get_if<std::size_t>(&step)) {
      text += fmt::format("[{}]", *place);
    } else {
      text += fmt::format("{}{}", text.empty() ? "" : ".", std::get<std::string_view>(step));
    }
  }
  return text;
}

/// Where a value stands in the file, and its key if it has one.
struct Place {
  std::size_t key = 0;
  std::size_t value = 0;
};

/// `plain` has no comments.
Place place_of(std::string_view plain, const Path& path) {
  Place place;
  place.value = std::min(plain.find_first_not_of(" \t\r\n"), plain.size());
  for (const auto& step : path) {
    if (const auto* key = std::get_if<std::string_view>(&step)) {
      const auto at = place.value;
      const auto member =
          json::locate_plain(plain.substr(at), std::array{*key}).value_or(json::Member{});
      place = {.key = at + member.key, .value = at + member.value};
      continue;
    }
    json::Scanner scanner(plain, place.value);
    scanner.step();  // "["
    scanner.skip_between();
    for (std::size_t before = std::get<std::size_t>(step); before > 0; --before) {
      scanner.skip_value();
      scanner.skip_between();
    }
    place = {.key = scanner.at(), .value = scanner.at()};
  }
  return place;
}

/// A value of the file and the way to it.
struct Node {
  const json::Value& value;
  Path path;

  [[nodiscard]] Node at(Step step, const json::Value& inside) const {
    Node node{.value = inside, .path = path};
    node.path.push_back(step);
    return node;
  }
};

/// Reads one text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Expected<void> read(const json::Value& root, Template& into) const {
    const Node node{.value = root, .path = {}};
    if (!root.is_object()) {
      return wrong(node, R"(must be an object, such as {"system": "You are a pirate."})");
    }
    for (const auto& [key, value] : root.get_object()) {
      if (json::is_own_key(key)) continue;
      const auto* const found = std::ranges::find(kKeys, std::string_view(key), &Key::name);
      if (found == kKeys.end()) return unknown(node.at(key, value), meant(key, kKeys));
      const auto take_it = [&](auto member) { return take(node.at(key, value), into.*member); };
      if (auto done = std::visit(take_it, found->member); !done) return done;
    }
    return {};
  }

 private:
  Expected<void> take(const Node& node, std::string& into) const {
    if (node.value.is_string()) {
      into = std::string(node.value.get_string());
      return {};
    }
    if (!node.value.is_array()) return wrong(node, "must be a text, or a list of its lines");
    Texts lines;
    for (const auto& line : node.value.get_array()) {
      if (!line.is_string()) return wrong(node.at(lines.size(), line), "must be a line of text");
      lines.emplace_back(line.get_string());
    }
    into = fmt::format("{}", fmt::join(lines, "\n"));
    return {};
  }

  /// A list of texts, messages or examples.
  template <class T>
  Expected<void> take(const Node& node, std::vector<T>& into) const {
    if (!node.value.is_array()) return wrong(node, "must be a list");
    into.clear();
    for (const auto& item : node.value.get_array()) {
      const auto inside = node.at(into.size(), item);
      if (auto done = take(inside, into.emplace_back()); !done) return done;
    }
    return {};
  }

  /// A message or an example.
  template <class T>
  Expected<void> take(const Node& node, T& into) const {
    const auto needed = fmt::format(R"(must be an object with "{}" and "{}")", kParts<T>[0].name,
                                    kParts<T>[1].name);
    if (!node.value.is_object()) return wrong(node, needed);
    for (const auto& part : kParts<T>) {
      if (!node.value.get_object().contains(part.name)) return wrong(node, needed);
    }
    for (const auto& [key, value] : node.value.get_object()) {
      if (json::is_own_key(key)) continue;
      const auto* const found =
          std::ranges::find(kParts<T>, std::string_view(key), &PartKey<T>::name);
      if (found == kParts<T>.end()) return unknown(node.at(key, value), meant(key, kParts<T>));
      if (auto done = take(node.at(key, value), into.*(found->member)); !done) return done;
    }
    if constexpr (std::same_as<T, Message>) return check_role(node, into.role);
    return {};
  }

  Expected<void> check_role(const Node& message, std::string_view role) const {
    if (is_role(role)) return {};
    return wrong(
        message.at("role", message.value),
        fmt::format("there is no role '{}': it may be {}", shown(role), fmt::join(kRoles, ", ")));
  }

  Expected<void> take(const Node& node, Variables& into) const {
    if (!node.value.is_object()) return wrong(node, "must be an object of names and their values");
    into.clear();
    for (const auto& [name, value] : node.value.get_object()) {
      const auto inside = node.at(name, value);
      if (!is_variable_name(name)) {
        return wrong_key(inside,
                         "the name of a variable has letters, digits and '_', and begins "
                         "with no digit");
      }
      auto& variable = into[std::string(name)];
      if (value.is_null()) continue;
      if (auto done = take(inside, variable.emplace()); !done) return done;
    }
    return {};
  }

  static std::string_view shown(std::string_view text) {
    return text.substr(0, limits::kQuotedValue);
  }

  [[nodiscard]] std::unexpected<Error> told(std::size_t Place::* part, const Node& node,
                                            std::string_view what) const {
    const auto place = place_of(json::blank_comments(text_), node.path);
    return failure(ErrorKind::invalid,
                   fmt::format("{}: {}", json::position(text_, place.*part), what));
  }

  [[nodiscard]] std::unexpected<Error> wrong(const Node& node, std::string_view what) const {
    return told(&Place::value, node,
                node.path.empty() ? fmt::format("it {}", what)
                                  : fmt::format("{}: {}", written(node.path), what));
  }

  [[nodiscard]] std::unexpected<Error> wrong_key(const Node& node, std::string_view what) const {
    return told(&Place::key, node, fmt::format("{}: {}", written(node.path), what));
  }

  [[nodiscard]] std::unexpected<Error> unknown(const Node& node,
                                               std::string_view suggestion) const {
    return told(&Place::key, node,
                fmt::format("a prompt template has no '{}'.{}", written(node.path), suggestion));
  }

  std::string_view text_;
};

/// How texts of several lines are written.
enum class Layout : std::uint8_t { lists_of_lines, plain };

json::Value as_json(const std::string& text, Layout layout) {
  if (layout == Layout::plain || !text.contains('\n')) return json::Value(text);
  json::Array lines;
  std::string_view rest = text;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  lines.emplace_back(rest);
  return lines;
}

template <class T>
json::Value as_json(const T& source, Layout layout) {
  json::Object object;
  for (const auto& part : kParts<T>) object[part.name] = as_json(source.*(part.member), layout);
  return object;
}

template <class T>
json::Value as_json(const std::vector<T>& source, Layout layout) {
  json::Array list;
  for (const auto& item : source) list.push_back(as_json(item, layout));
  return list;
}

json::Value as_json(const Variables& source, Layout layout) {
  json::Object object;
  for (const auto& [name, value] : source) {
    object[name] = value ? as_json(*value, layout) : json::Value();
  }
  return object;
}

json::Object as_object(const Template& source, Layout layout) {
  json::Object object;
  for (const auto& key : kKeys) {
    const auto put = [&](auto member) {
      if (!(source.*member).empty()) object[key.name] = as_json(source.*member, layout);
    };
    std::visit(put, key.member);
  }
  return object;
}

}  // namespace

bool is_role(std::string_view role) {
  return std::ranges::find(kRoles, role) != kRoles.end();
}

bool is_template_name(std::string_view name) {
  if (name.empty() || name.size() > limits::kPromptName || !is_letter_or_digit(name.front())) {
    return false;
  }
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; };
  return std::ranges::all_of(name, allowed) &&
         std::ranges::find(kReserved, name) == kReserved.end();
}

std::string as_template_name(std::string_view text) {
  std::string name;
  for (const char raw : text) {
    const char c = ascii_lower(raw);
    if (is_letter_or_digit(c) || (c == '_' && !name.empty())) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
    if (name.size() == limits::kPromptName) break;
  }
  while (name.ends_with('-')) name.pop_back();
  return is_template_name(name) ? name : std::string();
}

Expected<Template> parse_template(std::string_view name, std::string_view text) {
  if (text.size() > limits::kPromptFile.bytes()) {
    return failure(ErrorKind::too_large,
                   fmt::format("a prompt template has at most {}", to_string(limits::kPromptFile)));
  }
  const auto root = json::parse(text, {.comments = true});
  if (!root) return failure(root.error());
  Template read{.name = std::string(name)};
  if (auto done = Reader(text).read(*root, read); !done) return failure(done.error());
  return read;
}

std::string write_template(const Template& source) {
  auto text = json::write_pretty(as_object(source, Layout::lists_of_lines));
  if (text.size() <= limits::kPromptFile.bytes()) return text;
  // Shorter than any file that it was read from.
  return json::write(as_object(source, Layout::plain));
}

}  // namespace llf::prompt
