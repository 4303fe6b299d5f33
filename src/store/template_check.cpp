#include "store/template_check.hpp"

#include "base/ascii.hpp"
#include "base/hidden_characters.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace llf::store {
namespace {

constexpr std::uint64_t kLongRange = 1000;  // turns of a loop, or copies of a text
constexpr std::size_t kLongText = 2000;     // bytes of one text in quotes
constexpr std::size_t kLongPlain = 4000;    // bytes between two statements
constexpr std::size_t kNear = 40;           // bytes around a text that belong to its condition
constexpr std::size_t kShownPart = 60;      // bytes of what is shown of it

// What leads from a value of a template to the program that renders it, plainly or as escapes.
constexpr std::array kInternals = std::to_array<std::string_view>(
    {"__class__",  "__globals__", "__subclasses__", "__mro__", "__builtins__",
     "__import__", "__getattr",   "__init__",       ".__",     "_TemplateReference",
     "\\x5f",      "\\x5F",       "\\u005f",        "\\u005F", "\\137",
     "|attr(",     "| attr(",     "cycler.",        "popen",   "subprocess",
     "lipsum"});

// Of statements that bring other files in.
constexpr std::array<std::string_view, 4> kFiles{"import ", "from ", "include ", "extends "};

// How a template may look for words in what somebody says.
constexpr std::array<std::string_view, 8> kSearches{
    ".find(", ".startswith(", ".endswith(", ".index(", ".count(", ".split(", "search(", "match("};

/// The texts in quotes of a template, in their order.
std::vector<std::string_view> quoted_texts(std::string_view text) {
  std::vector<std::string_view> texts;
  for (std::size_t at = 0; (at = text.find_first_of("'\"", at)) != std::string_view::npos;) {
    const char quote = text[at];
    auto end = at + 1;
    while (end < text.size() && text[end] != quote) end += text[end] == '\\' ? 2 : 1;
    if (end >= text.size()) break;
    texts.push_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return texts;
}

std::string shown(std::string_view part) {
  const bool is_long = part.size() > kShownPart;
  return fmt::format("'{}{}'", part.substr(0, kShownPart), is_long ? "…" : "");
}

/// The largest number of a statement, if it is a large one.
std::optional<std::uint64_t> large_number(std::string_view statement) {
  std::optional<std::uint64_t> largest;
  while (!statement.empty()) {
    const auto digits = std::min(statement.find_first_not_of("0123456789"), statement.size());
    const auto number = parse_number<std::uint64_t>(statement.substr(0, digits));
    if (number && *number >= largest.value_or(kLongRange)) largest = number;
    statement.remove_prefix(std::max<std::size_t>(digits, 1));
  }
  return largest;
}

/// What stands between "{%" and "%}" or "{{" and "}}", without what trims and without the spaces
/// around it.
std::vector<std::string_view> statements(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t at = 0; (at = text.find('{', at)) != std::string_view::npos;) {
    const auto kind = text.substr(at + 1, 1);
    at += 1;
    if (kind != "%" && kind != "{") continue;
    const auto inside = text.substr(at + 1, text.substr(at + 1).find(kind == "%" ? "%}" : "}}"));
    at += inside.size();
    const auto begin = std::min(inside.find_first_not_of("-+ \t\r\n"), inside.size());
    found.push_back(inside.substr(begin));
  }
  return found;
}

/// The turns of the longest loop over a range, whose number may have a name of its own.
std::optional<std::uint64_t> longest_range(const std::vector<std::string_view>& all) {
  const auto ranges = [](std::string_view one) { return one.contains("range("); };
  if (std::ranges::none_of(all, ranges)) return std::nullopt;
  std::optional<std::uint64_t> longest;
  for (const auto statement : all) {
    if (!ranges(statement) && !statement.starts_with("set ")) continue;
    if (const auto number = large_number(statement)) longest = std::max(longest, number);
  }
  return longest;
}

/// A statement without what stands in quotes.
std::string without_quoted(std::string_view statement) {
  std::string rest(statement);
  for (const auto text : quoted_texts(statement)) {
    rest.replace(static_cast<std::size_t>(text.data() - statement.data()), text.size(), text.size(),
                 ' ');
  }
  return rest;
}

/// "'x'*1000000" and "10**9": what becomes large in one step.
std::optional<std::string_view> grows(const std::vector<std::string_view>& all) {
  const auto found = std::ranges::find_if(all, [](std::string_view one) {
    if (!one.contains('*')) return false;
    const auto code = without_quoted(one);
    return code.contains("**") || (code.contains('*') && large_number(code));
  });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

/// A condition on the time, behind which something else may wait for its day.
bool depends_on_time(const std::vector<std::string_view>& all) {
  return std::ranges::any_of(all, [](std::string_view one) {
    return one.contains("strftime_now(") &&
           (one.starts_with("if ") || one.starts_with("elif ") || one.contains("=="));
  });
}

/// The longest run of text between statements.
std::string_view longest_plain(std::string_view text) {
  std::string_view longest;
  while (!text.empty()) {
    const auto end = std::min({text.find("{{"), text.find("{%"), text.find("{#"), text.size()});
    if (end > longest.size()) longest = text.substr(0, end);
    text.remove_prefix(end);
    const auto kind = text.substr(0, 2);
    const auto close = text.find(kind == "{{" ? "}}" : kind == "{%" ? "%}" : "#}");
    text.remove_prefix(close == std::string_view::npos ? text.size() : close + 2);
  }
  return longest;
}

/// "import 'x'", which brings another file in.
std::optional<std::string_view> brought_in(const std::vector<std::string_view>& all) {
  const auto found = std::ranges::find_if(all, [](std::string_view one) {
    return std::ranges::any_of(kFiles, [&](auto word) { return one.starts_with(word); });
  });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

/// A character that hides something from who reads a text.
std::optional<char32_t> hidden_character(std::string_view text) {
  const auto characters = decode_utf8(text);
  const auto found = std::ranges::find_if(characters, [](char32_t c) {
    return is_bidi_control(c) || is_tag_character(c) || is_zero_width(c);
  });
  return found == characters.end() ? std::nullopt : std::optional(*found);
}

/// Words of a language in a condition on what somebody says; tags, names of roles and other marks
/// of a format are none.
bool is_words(std::string_view text) {
  const bool marked = text.find_first_of("<>[]{}|/\\#_\n") != std::string_view::npos;
  return !marked && text.size() >= 4 && std::ranges::any_of(text, [](char c) {
    return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || static_cast<unsigned char>(c) > 0x7F;
  });
}

/// "'words' in message.content", "content == 'words'" and "content.find('words')".
std::optional<std::string_view> gated_by_words(std::string_view text) {
  for (const auto words : quoted_texts(text)) {
    if (!is_words(words)) continue;
    const auto start = static_cast<std::size_t>(words.data() - text.data());
    const auto after = text.substr(start + words.size() + 1).substr(0, kNear);
    const auto quote = start - 1;
    const auto before = text.substr(quote - std::min(quote, kNear), std::min(quote, kNear));
    const auto in = after.find_first_not_of(' ');
    const bool looked_for = in != std::string_view::npos && after.substr(in).starts_with("in ") &&
                            after.substr(0, after.find_first_of("%}")).contains("content");
    const bool compared = before.ends_with("== ") && before.contains("content") &&
                          !before.substr(before.rfind("content")).contains('%');
    const bool searched =
        before.contains("content") &&
        std::ranges::any_of(kSearches, [&](auto call) { return before.ends_with(call); });
    if (looked_for || compared || searched) return words;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> suspicious_parts(std::string_view chat_template) {
  std::vector<std::string> found;
  const auto all = statements(chat_template);
  for (const auto word : kInternals) {
    if (!chat_template.contains(word)) continue;
    found.push_back(fmt::format("it reaches for Python's internals: {}", word));
    break;
  }
  if (const auto statement = brought_in(all)) {
    found.push_back(fmt::format("it brings another file in: {}", shown(*statement)));
  }
  if (const auto character = hidden_character(chat_template)) {
    found.push_back(fmt::format("it has a character that nobody sees: U+{:04X}",
                                static_cast<std::uint32_t>(*character)));
  }
  for (const std::string_view scheme : {"http://", "https://", "www."}) {
    const auto at = chat_template.find(scheme);
    if (at == std::string_view::npos) continue;
    const auto address = chat_template.substr(at);
    found.push_back(fmt::format("it has an address: {}",
                                shown(address.substr(0, address.find_first_of("'\" \n<)")))));
  }
  if (const auto turns = longest_range(all)) {
    found.push_back(fmt::format("it has a loop of {} turns", *turns));
  }
  if (const auto statement = grows(all)) {
    found.push_back(fmt::format("it makes something large: {}", shown(*statement)));
  }
  if (depends_on_time(all)) found.emplace_back("it does something else at certain times");
  if (const auto words = gated_by_words(chat_template)) {
    found.push_back(fmt::format("it does something else when a message has {}", shown(*words)));
  }
  for (const auto text : quoted_texts(chat_template)) {
    if (text.size() < kLongText) continue;
    found.push_back(
        fmt::format("it brings a text of {} bytes along: {}", text.size(), shown(text)));
    break;
  }
  if (const auto plain = longest_plain(chat_template); plain.size() >= kLongPlain) {
    found.push_back(
        fmt::format("it brings a text of {} bytes along: {}", plain.size(), shown(plain)));
  }
  return found;
}

}  // namespace llf::store
