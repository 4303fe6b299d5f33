#include "prompt/variables.hpp"

#include "base/limits.hpp"
#include "base/trim.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

namespace llf::prompt {
namespace {

constexpr auto kNotFound = std::string_view::npos;
constexpr std::string_view kBegin = "{{";
constexpr std::string_view kDefault = "::";

using Names = std::set<std::string, std::less<>>;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

/// A variable in a text.
struct Use {
  std::string_view name;
  std::optional<std::string_view> otherwise;
  std::size_t length = 0;  ///< bytes, with the braces
};

/// The place of the first "{{" or "}}" at or after `from`.
std::size_t find_braces(std::string_view text, std::size_t from) {
  auto at = text.find_first_of("{}", from);
  while (at != kNotFound && (at + 1 == text.size() || text[at + 1] != text[at])) {
    at = text.find_first_of("{}", at + 1);
  }
  return at;
}

/// The variable with which `text` begins, as it begins with "{{"; nothing when it is none.
std::optional<Use> variable_at(std::string_view text) {
  const auto end = find_braces(text, kBegin.size());
  if (end == kNotFound || text[end] != '}') return std::nullopt;
  const auto inside = text.substr(kBegin.size(), end - kBegin.size());
  const auto mark = inside.find(kDefault);
  Use use{.name = trimmed(inside.substr(0, mark)), .otherwise = {}, .length = end + 2};
  if (!is_variable_name(use.name)) return std::nullopt;
  if (mark != kNotFound) use.otherwise = trimmed(inside.substr(mark + kDefault.size()));
  return use;
}

/// Calls `on_text` and `on_variable` for the parts of `text`, in their order.
template <class OnText, class OnVariable>
void walk(std::string_view text, OnText on_text, OnVariable on_variable) {
  for (;;) {
    const auto at = text.find(kBegin);
    if (at == kNotFound) return on_text(text);
    if (at > 0 && text[at - 1] == '\\') {
      on_text(text.substr(0, at - 1));
      on_text(kBegin);
      text.remove_prefix(at + kBegin.size());
      continue;
    }
    on_text(text.substr(0, at));
    text.remove_prefix(at);
    if (const auto use = variable_at(text)) {
      on_variable(*use);
      text.remove_prefix(use->length);
    } else {
      on_text(text.substr(0, 1));
      text.remove_prefix(1);
    }
  }
}

/// Calls `use` for every text that may hold variables.
template <class Source, class OnText>
void for_each_text(Source& source, OnText use) {
  use(source.system);
  use(source.master);
  for (auto& example : source.examples) {
    use(example.user);
    use(example.assistant);
  }
  for (auto& message : source.prefix) use(message.content);
  for (auto& message : source.suffix) use(message.content);
  use(source.opening);
}

/// Puts values in place of variables, up to the limit.
class Filler {
 public:
  Filler(const Variables& own, const Values& values) : own_(own), values_(values) {}

  [[nodiscard]] std::string filled(std::string_view text) {
    std::string out;
    const auto append = [&](std::string_view more) {
      if (more.size() > left_) {
        left_ = 0;
        full_ = true;
        return;
      }
      left_ -= more.size();
      out += more;
    };
    walk(text, append, [&](const Use& use) {
      const auto value = value_of(use);
      if (value) return append(*value);
      missing_.emplace(use.name);
    });
    return out;
  }

  [[nodiscard]] const Names& missing() const { return missing_; }
  [[nodiscard]] bool is_full() const { return full_; }

 private:
  [[nodiscard]] std::optional<std::string_view> value_of(const Use& use) const {
    if (const auto given = values_.find(use.name); given != values_.end()) return given->second;
    const auto own = own_.find(use.name);
    if (own != own_.end() && own->second) return *own->second;
    return use.otherwise;
  }

  const Variables& own_;
  const Values& values_;
  Names missing_;
  std::size_t left_ = limits::kFilledPrompt.bytes();
  bool full_ = false;
};

}  // namespace

bool is_variable_name(std::string_view name) {
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_name_character);
}

Expected<Template> fill(const Template& source, const Values& values) {
  Template filled = source;
  filled.variables.clear();
  Filler filler(source.variables, values);
  for_each_text(filled, [&](std::string& text) { text = filler.filled(text); });
  if (!filler.missing().empty()) {
    return failure(
        ErrorKind::invalid,
        fmt::format("the prompt template '{}' needs a value for '{}': set it with "
                    "'llf config set prompts.variables.{} VALUE'",
                    source.name, fmt::join(filler.missing(), "', '"), *filler.missing().begin()));
  }
  if (filler.is_full()) {
    return failure(ErrorKind::too_large,
                   fmt::format("the prompt template '{}' is longer than {} with its values",
                               source.name, to_string(limits::kFilledPrompt)));
  }
  return filled;
}

std::vector<std::string> variables_of(const Template& source) {
  Names names;
  for (const auto& [name, value] : source.variables) names.insert(name);
  for_each_text(source, [&](std::string_view text) {
    walk(text, [](std::string_view) {}, [&](const Use& use) { names.emplace(use.name); });
  });
  return {names.begin(), names.end()};
}

}  // namespace llf::prompt
