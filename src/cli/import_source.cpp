#include "cli/import_source.hpp"

#include "base/limits.hpp"
#include "cli/legacy_folder.hpp"
#include "json/json.hpp"
#include "migration/prompt_import.hpp"
#include "os/atomic_file.hpp"
#include "prompt/legacy.hpp"
#include "prompt/template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace llf::cli {
namespace {

namespace fs = std::filesystem;
using migration::Import;
using migration::PromptUse;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

Expected<Import> import_prompt(const fs::path& named, const prompt::LegacyFiles& files,
                               PromptUse use) {
  const auto name = prompt::as_template_name(named.native());
  if (name.empty()) {
    return failure(ErrorKind::invalid,
                   fmt::format("no name for a prompt template can be made of '{}': rename it",
                               named.native()));
  }
  return migration::import_prompt(name, files, use);
}

/// The folder of one template.
Expected<Import> import_template(const fs::path& folder) {
  const auto read = read_legacy_folder(folder);
  if (!read) return failure(read.error());
  auto import = import_prompt(folder.filename(), read->files(), PromptUse::stored);
  if (!import) return failure(import.error().with_context(folder.native()));
  return import;
}

/// The folders in `folder` that hold a template, by name.
std::vector<fs::path> templates_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    if (is_legacy_folder(at->path())) found.push_back(at->path());
  }
  std::ranges::sort(found);
  return found;
}

Expected<Import> import_templates(const fs::path& folder) {
  const auto folders = templates_in(folder);
  if (folders.empty()) {
    return failure(ErrorKind::invalid,
                   fmt::format("{} holds no prompt templates of the Python llf: none of its "
                               "folders has a {}",
                               folder.native(), kLegacyPromptFile));
  }
  if (folders.size() > limits::kImportedTemplates) {
    return failure(ErrorKind::too_large,
                   fmt::format("{} holds more than {} prompt templates: name their folders",
                               folder.native(), limits::kImportedTemplates));
  }
  Import all;
  for (const auto& one : folders) {
    auto import = import_template(one);
    if (import) {
      merge(all, *std::move(import));
    } else {
      all.notes.push_back({.key = one.filename(),
                           .outcome = migration::Outcome::refused,
                           .to = {},
                           .why = import.error().message});
    }
  }
  return all;
}

Expected<Import> import_text(const fs::path& path, const fs::path& root, std::string_view text) {
  if (const auto value = json::parse(text, {.comments = true}); !value) {
    return failure(value.error());
  }
  if (migration::is_config(text)) {
    return migration::import_config(text, {.root = root, .is_file = is_file});
  }
  if (prompt::is_legacy(text)) {
    return import_prompt(path.stem(), {.prompt = text, .facts = {}}, PromptUse::active);
  }
  return failure(ErrorKind::invalid,
                 "it has no key of the Python llf's config.json or config_prompt.json");
}

}  // namespace

Expected<Import> import_source(const fs::path& path, const fs::path& root) {
  auto whole = fs::absolute(path).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();  // a slash at the end
  std::error_code ignored;
  if (fs::is_directory(whole, ignored)) {
    return is_legacy_folder(whole) ? import_template(whole) : import_templates(whole);
  }
  if (whole.filename() == kLegacyPromptFile) return import_template(whole.parent_path());
  const auto text = os::read_file(whole, limits::kImportedFile);
  if (!text) return failure(text.error());
  const auto project =
      root.empty() ? whole.parent_path().parent_path() : fs::absolute(root).lexically_normal();
  auto import = import_text(whole, project, *text);
  if (!import) return failure(import.error().with_context(path.native()));
  return import;
}

}  // namespace llf::cli
