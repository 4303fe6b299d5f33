#include "cli/import_source.hpp"

#include "base/limits.hpp"
#include "cli/legacy_folder.hpp"
#include "json/json.hpp"
#include "migration/prompt_import.hpp"
#include "os/atomic_file.hpp"
#include "os/file_error.hpp"
#include "os/paths.hpp"
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

/// Says of a template's folder why it cannot be taken.
void refuse(Import& all, const fs::path& folder, const Error& error) {
  all.notes.push_back({.key = folder.filename(),
                       .outcome = migration::Outcome::refused,
                       .to = {},
                       .why = error.message});
}

/// The folders in `folder`, by name.
Expected<std::vector<fs::path>> folders_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    std::error_code ignored;
    if (at->is_directory(ignored)) found.push_back(at->path());
  }
  if (error) return failure(os::file_error("reading", folder, os::FileUse::read, error.value()));
  std::ranges::sort(found);
  return found;
}

Expected<Import> import_templates(const fs::path& folder) {
  const auto folders = folders_in(folder);
  if (!folders) return failure(folders.error());
  Import all;
  std::size_t count = 0;
  for (const auto& one : *folders) {
    const auto is_one = is_legacy_folder(one);
    if (is_one && !*is_one) continue;
    if (++count > limits::kImportedTemplates) {
      return failure(ErrorKind::too_large,
                     fmt::format("{} holds more than {} prompt templates: name their folders",
                                 folder.native(), limits::kImportedTemplates));
    }
    auto import = is_one ? import_template(one) : failure(is_one.error());
    if (import) {
      merge(all, *std::move(import));
    } else {
      refuse(all, one, import.error());
    }
  }
  if (count > 0) return all;
  return failure(ErrorKind::invalid,
                 fmt::format("{} holds no prompt templates of the Python llf: none of its "
                             "folders has a {}",
                             folder.native(), kLegacyPromptFile));
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
  auto whole = os::whole_path(path);
  if (!whole) return failure(whole.error());
  if (!whole->has_filename()) *whole = whole->parent_path();  // a slash at the end
  std::error_code ignored;
  if (fs::is_directory(*whole, ignored)) {
    const auto is_one = is_legacy_folder(*whole);
    if (!is_one) return failure(is_one.error());
    return *is_one ? import_template(*whole) : import_templates(*whole);
  }
  if (whole->filename() == kLegacyPromptFile) return import_template(whole->parent_path());
  const auto text = os::read_file(*whole, limits::kImportedFile);
  if (!text) return failure(text.error());
  const auto project =
      root.empty() ? Expected<fs::path>(whole->parent_path().parent_path()) : os::whole_path(root);
  if (!project) return failure(project.error());
  auto import = import_text(*whole, *project, *text);
  if (!import) return failure(import.error().with_context(path.native()));
  return import;
}

}  // namespace llf::cli
