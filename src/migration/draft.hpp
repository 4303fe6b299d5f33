#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"
#include "migration/import.hpp"

#include <string>
#include <string_view>

namespace llf::migration {

/// What a key of the predecessor says of one of our settings.
struct Taking {
  std::string_view key;            ///< with its sections
  std::string_view profile = {};   ///< whose setting it is; empty: of none
  std::string_view endpoint = {};  ///< the same; not both
  std::string_view setting;        ///< "server.port"; of a profile "context"; of an engine its flag
  json::Value value;
  std::string_view why = {};  ///< what else there is to say
};

/// An Import in the making. Every value is checked as config checks it, so that the settings are
/// right at any time. Pure.
class Draft {
 public:
  /// Says why a key is not taken.
  void skip(std::string_view key, Outcome outcome, std::string_view why);

  /// A key of people's own: one note for all of them.
  void skip_comment();

  /// Makes a profile, to which values may be given then; nobody is told. Errors: `invalid`, and
  /// `conflict` when there is one of that name, in half a sentence.
  [[nodiscard]] Expected<void> add_profile(std::string_view name, const std::string& model);

  /// Takes the value, or notes why it cannot be taken.
  void take(const Taking& taking);

  /// The same for a flag of the profile's engine.
  void take_argument(const Taking& taking);

  /// Notes that a key is a part of a setting, or (no setting) of a profile, that is there already.
  void mention(const Taking& taking);

  [[nodiscard]] Import finish() &&;

 private:
  [[nodiscard]] json::Object& members_of(const Taking& taking);
  void put(json::Object& members, std::string_view name, const Taking& taking);

  Import import_;
  bool has_comments_ = false;
};

}  // namespace llf::migration
