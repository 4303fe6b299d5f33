#include "gateway/schema_check.hpp"

#include "base/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace llf::gateway {
namespace {

constexpr std::array<std::string_view, 6> kRepeats{"minLength", "maxLength",     "minItems",
                                                   "maxItems",  "minProperties", "maxProperties"};

std::unexpected<Error> too_large(std::string what) {
  return failure(ErrorKind::invalid, "the JSON schema is too large: " + std::move(what));
}

/// How deep groups are nested in a regular expression or a grammar, its texts and sets left out.
std::size_t nesting(std::string_view text, std::string_view quotes) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  char until = 0;  // what ends the text or set that it is in
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;
    } else if (until != 0) {
      if (c == until) until = 0;
    } else if (quotes.contains(c)) {
      until = c;
    } else if (c == '[') {
      until = ']';
    } else if (c == '(') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ')' && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

Expected<void> SchemaCheck::look(const json::Value& value, std::size_t depth) {
  if (++nodes_ > limits::kSchemaNodes) {
    return too_large(fmt::format("it has more than {} values", limits::kSchemaNodes));
  }
  if (depth > limits::kSchemaDepth) {
    return too_large(fmt::format("it is nested more than {} deep", limits::kSchemaDepth));
  }
  if (const auto* list = value.if_array()) {
    for (const auto& item : *list) {
      if (auto fits = look(item, depth + 1); !fits) return fits;
    }
  }
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object) {
      if (auto fits = look_at_member(key, member); !fits) return fits;
      if (auto fits = look(member, depth + 1); !fits) return fits;
    }
  }
  return {};
}

Expected<void> SchemaCheck::look_at_member(std::string_view key, const json::Value& value) {
  if (key == "pattern" && value.is_string()) {
    const std::string_view pattern = value.get_string();
    if (pattern.size() > limits::kSchemaPattern) {
      return too_large(fmt::format("a pattern has more than {} bytes", limits::kSchemaPattern));
    }
    if (nesting(pattern, "") > limits::kSchemaDepth) {
      return too_large(
          fmt::format("a pattern's groups are nested more than {} deep", limits::kSchemaDepth));
    }
  }
  if (std::ranges::find(kRepeats, key) != kRepeats.end() && value.is_number() &&
      value.to_number<double>() > limits::kSchemaRepeats) {
    return too_large(fmt::format("{} is over {}", key, limits::kSchemaRepeats));
  }
  if (key == "$ref" && value.is_string() &&
      !std::string_view(value.get_string()).starts_with('#')) {
    return failure(ErrorKind::invalid,
                   "a $ref of the JSON schema must lead to a part of it (\"#/…\"): nothing is "
                   "fetched from elsewhere");
  }
  return {};
}

Expected<void> check_grammar(std::string_view grammar) {
  if (grammar.size() > limits::kGrammarText.bytes()) {
    return failure(ErrorKind::invalid,
                   fmt::format("the grammar is longer than {}", to_string(limits::kGrammarText)));
  }
  if (nesting(grammar, "\"") > limits::kSchemaDepth) {
    return failure(
        ErrorKind::invalid,
        fmt::format("the grammar's groups are nested more than {} deep", limits::kSchemaDepth));
  }
  return {};
}

}  // namespace llf::gateway
