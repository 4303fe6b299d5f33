#pragma once

#include "base/expected.hpp"
#include "prompt/template.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace llf::prompt {

/// The texts of a prompt of the predecessor, the Python "Local LLM Framework".
struct LegacyFiles {
  std::string_view prompt;  ///< config_prompt.json, or prompt.json in a template's folder
  std::string_view facts;   ///< config.json of that folder; empty: none
};

/// A prompt of the predecessor as a template.
struct Converted {
  Template content;
  std::vector<std::string> notes;  ///< what was not taken, and why: a sentence each
};

/// Whether `text` is a prompt file of the predecessor: an object with a key that only those have.
/// Pure.
[[nodiscard]] bool is_legacy(std::string_view text);

/// Makes a template of it. Keys that say nothing about what a model gets are left out, with a note.
/// Errors: `invalid`, with line and column, for what is no JSON object and for a text that is none;
/// `too_large`. Pure.
[[nodiscard]] Expected<Converted> convert_legacy(std::string_view name, const LegacyFiles& files);

}  // namespace llf::prompt
