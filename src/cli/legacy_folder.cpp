#include "cli/legacy_folder.hpp"

#include "base/limits.hpp"
#include "os/atomic_file.hpp"
#include "os/file_error.hpp"

#include <system_error>
#include <utility>

namespace llf::cli {

Expected<bool> is_legacy_folder(const std::filesystem::path& folder) {
  const auto path = folder / kLegacyPromptFile;
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  // Whatever it is: reading it says what is wrong with it.
  if (std::filesystem::exists(status)) return true;
  if (status.type() == std::filesystem::file_type::not_found) return false;
  return failure(os::file_error("looking at", path, os::FileUse::read, error.value()));
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
