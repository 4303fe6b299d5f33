#include "cli/legacy_folder.hpp"

#include "base/limits.hpp"
#include "os/atomic_file.hpp"

#include <system_error>
#include <utility>

namespace llf::cli {

bool is_legacy_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(folder / kLegacyPromptFile, ignored);
}

Expected<LegacyFolder> read_legacy_folder(const std::filesystem::path& folder) {
  auto text = os::read_file(folder / kLegacyPromptFile, limits::kPromptFile);
  if (!text) return failure(text.error());
  auto facts = os::read_file(folder / "config.json", limits::kPromptFile);
  if (!facts && facts.error().kind != ErrorKind::not_found) return failure(facts.error());
  return LegacyFolder{.prompt = *std::move(text),
                      .facts = facts ? *std::move(facts) : std::string()};
}

}  // namespace llf::cli
