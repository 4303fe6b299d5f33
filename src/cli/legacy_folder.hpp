#pragma once

#include "base/expected.hpp"
#include "prompt/legacy.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace llf::cli {

/// The file with a prompt in the folder of a prompt template of the Python llf.
inline constexpr std::string_view kLegacyPromptFile = "prompt.json";

/// What is in such a folder.
struct LegacyFolder {
  std::string prompt;
  std::string facts;  ///< empty: there are none

  /// Lives as long as the folder.
  [[nodiscard]] prompt::LegacyFiles files() const { return {.prompt = prompt, .facts = facts}; }
};

/// Whether the folder has a prompt. Errors: it may not be looked into.
[[nodiscard]] Expected<bool> is_legacy_folder(const std::filesystem::path& folder);

/// Blocks. Errors: those of files.
[[nodiscard]] Expected<LegacyFolder> read_legacy_folder(const std::filesystem::path& folder);

}  // namespace llf::cli
