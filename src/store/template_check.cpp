#include "store/template_check.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace llf::store {
namespace {

constexpr std::uint64_t kLongRange = 10'000;  // turns of a loop
constexpr std::size_t kLongText = 2000;       // bytes of one text in quotes
constexpr std::size_t kNear = 40;             // bytes around a text that belong to its condition
constexpr std::size_t kShownPart = 60;        // bytes of what is shown of it

constexpr std::array<std::string_view, 12> kInternals{
    "__class__", "__globals__", "__subclasses__", "__mro__", "__builtins__", "__import__",
    "__getattr", "__init__",    "cycler.",        "popen",   "subprocess",   "lipsum"};

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

/// The numbers that stand in the parentheses of range(…).
std::optional<std::uint64_t> longest_range(std::string_view text) {
  constexpr std::string_view kRange = "range(";
  std::optional<std::uint64_t> longest;
  for (std::size_t at = 0; (at = text.find(kRange, at)) != std::string_view::npos;) {
    at += kRange.size();
    auto inside = text.substr(at, text.substr(at).find(')'));
    while (!inside.empty()) {
      const auto digits = std::min(inside.find_first_not_of("0123456789"), inside.size());
      const auto number = parse_number<std::uint64_t>(inside.substr(0, digits));
      if (number && *number >= longest.value_or(kLongRange)) longest = number;
      inside.remove_prefix(std::max<std::size_t>(digits, 1));
    }
  }
  return longest;
}

/// Words of a language in a condition on what somebody says; tags, names of roles and other marks
/// of a format are none.
bool is_words(std::string_view text) {
  const bool marked = text.find_first_of("<>[]{}|/\\#_\n") != std::string_view::npos;
  return !marked && text.size() >= 4 && std::ranges::any_of(text, [](char c) {
    return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || static_cast<unsigned char>(c) > 0x7F;
  });
}

/// "'words' in message.content" and "content == 'words'".
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
    if (looked_for || compared) return words;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> suspicious_parts(std::string_view chat_template) {
  std::vector<std::string> found;
  for (const auto word : kInternals) {
    if (!chat_template.contains(word)) continue;
    found.push_back(fmt::format("it reaches for Python's internals: {}", word));
    break;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    const auto at = chat_template.find(scheme);
    if (at == std::string_view::npos) continue;
    const auto address = chat_template.substr(at);
    found.push_back(fmt::format("it has an address: {}",
                                shown(address.substr(0, address.find_first_of("'\" \n<)")))));
  }
  if (const auto turns = longest_range(chat_template)) {
    found.push_back(fmt::format("it has a loop of {} turns", *turns));
  }
  if (const auto words = gated_by_words(chat_template)) {
    found.push_back(fmt::format("it does something else when a message has {}", shown(*words)));
  }
  for (const auto text : quoted_texts(chat_template)) {
    if (text.size() < kLongText) continue;
    found.push_back(
        fmt::format("it brings a text of {} bytes along: {}", text.size(), shown(text)));
    break;
  }
  return found;
}

}  // namespace llf::store
