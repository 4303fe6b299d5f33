#pragma once

#include "base/expected.hpp"
#include "migration/import.hpp"
#include "prompt/legacy.hpp"

#include <cstdint>
#include <string_view>

namespace llf::migration {

/// Whether a prompt is the one that the predecessor used, or one of its templates.
enum class PromptUse : std::uint8_t { active, stored };

/// Reads a config_prompt.json, or the files of a template's folder, as the template `name`; one
/// that says nothing to the model is only noted. Errors: those of prompt::convert_legacy. Pure.
[[nodiscard]] Expected<Import> import_prompt(std::string_view name,
                                             const prompt::LegacyFiles& files, PromptUse use);

}  // namespace llf::migration
