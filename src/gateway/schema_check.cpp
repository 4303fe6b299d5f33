#include "gateway/schema_check.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace llf::gateway {
namespace {

constexpr std::array<std::string_view, 6> kRepeats{"minLength", "maxLength",     "minItems",
                                                   "maxItems",  "minProperties", "maxProperties"};

std::unexpected<Error> too_large(std::string what) {
  return failure(ErrorKind::invalid, "the JSON schema is too large: " + std::move(what));
}

/// What is written in: a regular expression of a schema, or a grammar.
enum class Notation : std::uint8_t { pattern, grammar };

/// What makes a pattern or a grammar large for an engine.
struct Shape {
  std::size_t nesting = 0;  ///< how deep its groups stand in each other
  double repeats = 0;       ///< the most that something is repeated
  bool backwards = false;   ///< a repetition at least so often, and at most less often
};

/// "{5}", "{2,5}", "{2,}" behind the brace; nothing for any other text.
void look_at_repetition(std::string_view text, Shape& shape) {
  const auto end = text.find('}');
  if (end == std::string_view::npos) return;
  text = text.substr(0, end);
  const auto comma = std::min(text.find(','), text.size());
  const auto least = parse_number<double>(text.substr(0, comma));
  const auto most = comma < text.size() ? parse_number<double>(text.substr(comma + 1)) : least;
  shape.repeats = std::max({shape.repeats, least.value_or(0), most.value_or(0)});
  if (least && most && *most < *least) shape.backwards = true;
}

/// Its texts, sets and comments left out.
Shape shape_of(std::string_view text, Notation notation) {
  const bool grammar = notation == Notation::grammar;
  Shape shape;
  std::size_t depth = 0;
  char until = 0;  // what ends the text, set or comment that it is in
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (until != 0) {
      if (c == '\\' && until != '\n') {
        ++i;
      } else if (c == until) {
        until = 0;
      }
    } else if (c == '\\' && !grammar) {
      ++i;
    } else if (grammar && (c == '"' || c == '#')) {
      until = c == '"' ? '"' : '\n';
    } else if (c == '[') {
      until = ']';
    } else if (c == '{') {
      look_at_repetition(text.substr(i + 1), shape);
    } else if (c == '(') {
      shape.nesting = std::max(shape.nesting, ++depth);
    } else if (c == ')' && depth > 0) {
      --depth;
    }
  }
  return shape;
}

Expected<void> check_shape(std::string_view text, Notation notation) {
  const auto shape = shape_of(text, notation);
  const std::string_view what = notation == Notation::grammar ? "the grammar" : "a pattern";
  if (shape.nesting > limits::kSchemaDepth) {
    return failure(ErrorKind::invalid, fmt::format("groups of {} are nested more than {} deep",
                                                   what, limits::kSchemaDepth));
  }
  if (shape.backwards || shape.repeats > limits::kSchemaRepeats) {
    return failure(ErrorKind::invalid,
                   fmt::format("a repetition in {} must be from less to more, and at most {} times",
                               what, limits::kSchemaRepeats));
  }
  return {};
}

/// Bounds that must not be the wrong way round.
struct Bounds {
  std::string_view least;
  std::string_view most;
};

constexpr std::array kBounds{Bounds{"minLength", "maxLength"}, Bounds{"minItems", "maxItems"},
                             Bounds{"minProperties", "maxProperties"},
                             Bounds{"minimum", "maximum"}};

Expected<void> check_bounds(const json::Object& schema) {
  for (const auto& bounds : kBounds) {
    const auto* least = schema.if_contains(bounds.least);
    const auto* most = schema.if_contains(bounds.most);
    const bool both =
        least != nullptr && most != nullptr && least->is_number() && most->is_number();
    if (both && most->to_number<double>() < least->to_number<double>()) {
      return failure(ErrorKind::invalid, fmt::format("{} of the JSON schema is less than {}",
                                                     bounds.most, bounds.least));
    }
  }
  return {};
}

}  // namespace

Expected<void> SchemaCheck::look(const json::Value& value, std::size_t depth) {
  if (value.is_structured() && ++nodes_ > limits::kSchemaNodes) {
    return too_large(fmt::format("it has more than {} objects and lists", limits::kSchemaNodes));
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
    if (auto fits = check_bounds(*object); !fits) return fits;
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
    if (auto fits = check_shape(pattern, Notation::pattern); !fits) return fits;
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
  return check_shape(grammar, Notation::grammar);
}

}  // namespace llf::gateway
