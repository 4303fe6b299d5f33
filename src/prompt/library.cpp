#include "prompt/library.hpp"

#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "os/atomic_file.hpp"
#include "os/backups.hpp"
#include "os/file_error.hpp"
#include "os/file_lock.hpp"
#include "os/paths.hpp"
#include "os/stale_files.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <map>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace llf::prompt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".json";

/// Where a template was found.
struct Found {
  Source source = Source::own;
  fs::path path;
};

/// By their names.
using Files = std::map<std::string, Found, std::less<>>;

fs::path file_in(const fs::path& folder, std::string_view name) {
  return folder / fmt::format("{}{}", name, kEnding);
}

/// Adds the templates of a folder that are not there yet. A folder that is not there has none.
Expected<void> add_files(const fs::path& folder, Source source, Files& files) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    const auto& path = at->path();
    const auto name = path.stem().string();
    if (path.extension() != kEnding || !is_template_name(name)) continue;
    files.try_emplace(name, Found{.source = source, .path = path});
  }
  if (!error || error == std::errc::no_such_file_or_directory) return {};
  return failure(os::file_error("reading", folder, os::FileUse::read, error.value()));
}

Expected<bool> is_there(const fs::path& path) {
  struct stat facts = {};
  if (::stat(path.c_str(), &facts) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return failure(os::file_error("looking for", path, os::FileUse::read, errno));
}

Expected<Template> read(std::string_view name, const fs::path& path) {
  const auto text = os::read_file(path, limits::kPromptFile);
  if (!text) return failure(text.error());
  auto content = parse_template(name, *text);
  if (!content) return failure(content.error().with_context(path.native()));
  return content;
}

/// The right to change what is in the folder; what killed processes left there is removed.
Expected<os::FileLock> lock(const fs::path& folder) {
  auto held = os::FileLock::acquire(folder / "prompts.lock", limits::kPromptLock);
  if (held) os::remove_stale_temporaries(folder);
  return held;
}

os::Backups backups_of(const fs::path& folder, std::string_view name) {
  return {folder / "backups", std::string(name), limits::kPromptBackups};
}

Expected<void> check_name(std::string_view name) {
  if (is_template_name(name)) return {};
  return failure(ErrorKind::invalid,
                 fmt::format("'{}' is no name for a prompt template: it has 1 to {} of a-z, 0-9, "
                             "'-' and '_', begins with a letter or digit, and is not 'none' or "
                             "'selected'",
                             name.substr(0, limits::kPromptName), limits::kPromptName));
}

Expected<std::optional<std::string>> text_at(const fs::path& path) {
  auto text = os::read_file(path, limits::kPromptFile);
  if (text) return *std::move(text);
  if (text.error().kind == ErrorKind::not_found) return std::nullopt;
  return failure(text.error());
}

}  // namespace

std::string_view to_string(Source source) {
  constexpr std::array<std::string_view, 2> kNames{"own", "shipped"};
  return kNames.at(static_cast<std::size_t>(source));
}

Library::Library(fs::path own, fs::path shipped)
    : own_(std::move(own)), shipped_(std::move(shipped)) {}

Expected<std::vector<Entry>> Library::list() const {
  Files files;
  if (auto added = add_files(own_, Source::own, files); !added) return failure(added.error());
  if (auto added = add_files(shipped_, Source::shipped, files); !added) {
    return failure(added.error());
  }
  std::vector<Entry> entries;
  for (const auto& [name, found] : files) {
    if (entries.size() == limits::kPromptFiles) break;
    entries.push_back({.name = name, .source = found.source, .content = read(name, found.path)});
  }
  return entries;
}

Expected<Template> Library::find(std::string_view name) const {
  const auto path = file_of(name);
  if (!path) return failure(path.error());
  return read(name, *path);
}

Expected<fs::path> Library::file_of(std::string_view name) const {
  if (is_template_name(name)) {
    for (const auto& folder : {own_, shipped_}) {
      auto path = file_in(folder, name);
      const auto found = is_there(path);
      if (!found) return failure(found.error());
      if (*found) return path;
    }
  }
  Files files;  // for a hint, of what can be listed
  static_cast<void>(add_files(own_, Source::own, files));
  static_cast<void>(add_files(shipped_, Source::shipped, files));
  std::vector<std::string> names;
  for (const auto& [known, found] : files) names.push_back(known);
  const auto meant = did_you_mean(name, names);
  return failure(
      ErrorKind::not_found,
      fmt::format("there is no prompt template '{}'.{}", name.substr(0, limits::kPromptName),
                  meant.empty() ? " 'llf prompt list' names them all." : meant));
}

fs::path Library::own_file(std::string_view name) const {
  return file_in(own_, name);
}

Expected<void> Library::save(const Template& source, Existing existing) const {
  return save_text(source.name, write_template(source), existing);
}

Expected<void> Library::save_text(std::string_view name, std::string_view text,
                                  Existing existing) const {
  return write(name, text, [&](const std::optional<std::string>& now) -> Expected<void> {
    if (!now || existing == Existing::replace) return {};
    return failure(ErrorKind::conflict,
                   fmt::format("you have a prompt template '{}' already ({}): choose another "
                               "name, or replace or delete it",
                               name, own_file(name).native()));
  });
}

Expected<void> Library::change_text(std::string_view name, const std::optional<std::string>& before,
                                    std::string_view text) const {
  return write(name, text, [&](const std::optional<std::string>& now) -> Expected<void> {
    if (now == before) return {};
    return failure(ErrorKind::conflict, "it was changed meanwhile; try again");
  });
}

Expected<void> Library::write(std::string_view name, std::string_view text, const May& may) const {
  if (auto checked = check_name(name); !checked) return checked;
  const auto doing = fmt::format("saving the prompt template '{}'", name);
  // What could not be read again is not written.
  if (auto checked = parse_template(name, text); !checked) {
    return failure(checked.error().with_context(doing));
  }
  if (auto made = os::ensure_dir(own_); !made) return failure(made.error().with_context(doing));
  const auto held = lock(own_);
  if (!held) return failure(held.error().with_context(doing));
  const auto path = own_file(name);
  const auto now = text_at(path);
  if (!now) return failure(now.error().with_context(doing));
  if (auto allowed = may(*now); !allowed) return allowed;
  if (*now == text) return {};
  const auto written =
      *now ? backups_of(own_, name).replace(path, **now, text) : os::write_user_file(path, text);
  if (!written) return failure(written.error().with_context(doing));
  return {};
}

Expected<fs::path> Library::remove(std::string_view name) const {
  const auto found = file_of(name);
  if (!found) return failure(found.error());
  const auto path = own_file(name);
  if (*found != path) {
    return failure(ErrorKind::conflict,
                   fmt::format("'{}' came with llf and cannot be deleted; one of your own with "
                               "this name hides it",
                               name));
  }
  const auto doing = fmt::format("deleting the prompt template '{}'", name);
  const auto held = lock(own_);
  if (!held) return failure(held.error().with_context(doing));
  const auto text = os::read_file(path, limits::kPromptFile);
  if (!text) return failure(text.error().with_context(doing));
  auto kept = backups_of(own_, name).keep(*text);
  if (!kept) return failure(kept.error().with_context(doing));
  std::error_code error;
  fs::remove(path, error);
  if (error) {
    return failure(
        errno_error(fmt::format("removing {}", path.native()), error.value()).with_context(doing));
  }
  return kept;
}

}  // namespace llf::prompt
