#pragma once

#include "base/expected.hpp"
#include "hub/endpoint.hpp"
#include "store/hub_repository.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace llf::hub {

/// The chat template of the model that another one was made from.
struct BaseTemplate {
  std::string repository;   ///< of the base model
  std::string fingerprint;  ///< see template_fingerprint

  friend bool operator==(const BaseTemplate&, const BaseTemplate&) = default;
};

/// The SHA-256 of a template without the white space at its end, which converters add or drop.
/// Pure.
[[nodiscard]] std::string template_fingerprint(std::string_view text);

/// Asks the hub for the template of the base model that it names for a repository. Errors:
/// `not_found` when it names none, or that has no template; those of ask. Blocks.
[[nodiscard]] Expected<BaseTemplate> get_base_template(const Session& session,
                                                       const store::RepositoryName& repository);

/// Keeps it in a folder, by the repository of the model that was made from it. What cannot be kept
/// is not known the next time. Block.
void save_base_template(const std::filesystem::path& folder,
                        const store::RepositoryName& repository, const BaseTemplate& base);
[[nodiscard]] std::optional<BaseTemplate> load_base_template(
    const std::filesystem::path& folder, const store::RepositoryName& repository);

}  // namespace llf::hub
