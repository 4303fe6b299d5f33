#pragma once

#include "base/expected.hpp"
#include "cli/context.hpp"
#include "json/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llf::cli {

/// Profiles and prompt templates travel in a bundle as texts: profiles.json, an object of profiles
/// by name, and prompts/NAME.json.

/// The texts of these profiles, by name: what they say, without their models and without references
/// to this machine's files and variables, and the user's own templates that they name. Errors:
/// those of settings_here and of files.
[[nodiscard]] Expected<json::Object> texts_for_bundle(const Context& context,
                                                      const std::vector<std::string>& profiles);

/// What became of a profile or template of a bundle.
struct TakenText {
  enum class State : std::uint8_t {
    added,
    was_there,  ///< the same
    kept,       ///< another has its name, and stays
    refused,    ///< it is wrong
  };

  std::string kind;  ///< "profile", "prompt"
  std::string name;
  State state = State::refused;
  std::string note;  ///< what there is to say of it; empty: nothing
};

[[nodiscard]] std::string_view to_string(TakenText::State state);

/// What is taken of a bundle's profiles. Arguments of the engine can name files that it writes, and
/// the bundle may come from anybody.
enum class EngineArguments : std::uint8_t { leave_out, take };

/// What the profiles are for.
struct TakeOptions {
  std::string model;                   ///< its name on this machine
  std::vector<std::string> installed;  ///< names of models here, which no profile may hide
  EngineArguments arguments = EngineArguments::leave_out;
};

/// Adds the profiles and templates of an untrusted bundle (`texts`: objects of "name" and
/// "content") to those of this user. Nothing is replaced or hidden.
[[nodiscard]] std::vector<TakenText> take_texts(Context& context, const json::Array& texts,
                                                const TakeOptions& options);

}  // namespace llf::cli
