#pragma once

#include "json/json.hpp"
#include "migration/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace llf::migration {

/// A key of the predecessor as its file has it.
struct LegacyMember {
  std::string key;  ///< with its sections
  const json::Value& value;
};

/// What is done with a key: a Reader takes it, or it only gets a note.
template <class Reader>
struct Key {
  std::string_view name;
  void (Reader::*take)(const LegacyMember& member) = nullptr;
  Outcome outcome = Outcome::meaningless;  ///< without `take`
  std::string_view why = {};               ///< likewise
};

/// Null, or a text that is empty: the predecessor had its own value then.
[[nodiscard]] inline bool is_empty(const json::Value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty());
}

[[nodiscard]] inline bool is_comment(std::string_view key) {
  return key.starts_with('_');
}

/// The text that `members` has there; empty when it has none.
[[nodiscard]] inline std::string text_in(const json::Object& members, std::string_view key) {
  const auto* const value = members.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Has one member of an object, whose sections are `prefix`, taken by its table.
template <class Reader>
void read_key(Reader& reader, Draft& draft, std::string_view prefix,
              const json::Object::value_type& pair) {
  const std::string_view name = pair.key();
  if (is_comment(name)) return draft.skip_comment();
  const LegacyMember member{.key = fmt::format("{}{}", prefix, name), .value = pair.value()};
  const auto found = std::ranges::find(Reader::kKeys, name, &Key<Reader>::name);
  if (found == Reader::kKeys.end()) {
    draft.skip(member.key, Outcome::meaningless, "the Python llf knew no such key either");
  } else if (found->take == nullptr) {
    draft.skip(member.key, found->outcome, found->why);
  } else if (is_empty(member.value)) {
    draft.skip(member.key, Outcome::meaningless, "it is empty");
  } else {
    (reader.*(found->take))(member);
  }
}

}  // namespace llf::migration
