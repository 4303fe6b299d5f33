#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include <cstddef>
#include <string_view>

namespace llf::gateway {

/// Refuses JSON schemas that engines turn into grammars too large for them (SEC-21): nested too
/// deep, too many values, long or deep patterns, many repetitions, references to elsewhere. One
/// counts over all schemas of a request. One thread.
class SchemaCheck {
 public:
  /// Errors: `invalid`, which names the limit.
  [[nodiscard]] Expected<void> check(const json::Value& schema) { return look(schema, 0); }

 private:
  [[nodiscard]] Expected<void> look(const json::Value& value, std::size_t depth);
  [[nodiscard]] Expected<void> look_at_member(std::string_view key, const json::Value& value);

  std::size_t nodes_ = 0;
};

/// The same for a grammar (GBNF): its length, and how deep its groups are nested.
[[nodiscard]] Expected<void> check_grammar(std::string_view grammar);

}  // namespace llf::gateway
