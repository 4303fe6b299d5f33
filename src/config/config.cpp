#include "config/config.hpp"

#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "json/json.hpp"
#include "json/locate.hpp"
#include "os/atomic_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace llf::config {
namespace {

using Path = std::span<const std::string_view>;

bool is_section(std::string_view name) {
  return std::ranges::find(declarations(), name, &Declaration::section) != declarations().end();
}

/// Keys of the user's own: "$schema", "_comment".
bool is_own(std::string_view key) {
  return key.starts_with('$') || key.starts_with('_');
}

std::unexpected<Error> wrong_value(std::string_view text, Path path, const Error& error) {
  const auto member = json::locate(text, path);
  return failure(error.with_context(fmt::format(
      "{}: {}", json::position(text, member ? member->value : 0), fmt::join(path, "."))));
}

std::vector<std::string> sections() {
  std::vector<std::string> names;
  for (const auto& declaration : declarations()) names.emplace_back(declaration.section());
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

/// What whoever wrote `key` into `section` may have meant, as the end of an error.
std::string meant(std::string_view section, std::string_view key) {
  std::vector<std::string> here;
  for (const auto& declaration : declarations()) {
    const auto known = declaration.key();
    if (declaration.section() == section) here.emplace_back(known);
    if (known == key) return fmt::format(" Did you mean '{}'?", declaration.name);
  }
  return did_you_mean(key, here);
}

/// `path`: of one that is not known.
std::unexpected<Error> unknown(std::string_view text, Path path, std::string_view suggestion) {
  const auto member = json::locate(text, path);
  return failure(ErrorKind::invalid, fmt::format("{}: there is no setting '{}'.{}",
                                                 json::position(text, member ? member->key : 0),
                                                 fmt::join(path, "."), suggestion));
}

/// What a settings file says.
struct Read {
  Settings settings;
  std::vector<const Declaration*> named;
};

Expected<void> read_section(std::string_view text, std::string_view section,
                            const json::Object& members, Read& read) {
  for (const auto& [key, value] : members) {
    if (is_own(key)) continue;
    const std::array<std::string_view, 2> path{section, key};
    const auto declaration = std::ranges::find(
        declarations(), fmt::format("{}.{}", section, std::string_view(key)), &Declaration::name);
    if (declaration == declarations().end()) return unknown(text, path, meant(section, key));
    if (auto done = set(read.settings, *declaration, value); !done) {
      return wrong_value(text, path, done.error());
    }
    read.named.push_back(&*declaration);
  }
  return {};
}

}  // namespace

Expected<std::optional<SettingsText>> read_settings_file(const std::filesystem::path& path) {
  auto text = os::read_file(path, limits::kSettingsFile);
  if (text) return SettingsText{.path = path.string(), .text = std::move(*text)};
  if (text.error().kind == ErrorKind::not_found) return std::nullopt;
  return failure(text.error());
}

std::string_view to_string(Origin origin) {
  constexpr std::array<std::string_view, 4> kNames{"built in", "file", "environment",
                                                   "command line"};
  return kNames.at(static_cast<std::size_t>(origin));
}

Config::Config() : origins_(declarations().size(), Origin::built_in) {}

Origin Config::origin(const Declaration& declaration) const {
  return origins_.at(static_cast<std::size_t>(&declaration - declarations().data()));
}

void Config::note(const Declaration& declaration, Origin origin) {
  origins_.at(static_cast<std::size_t>(&declaration - declarations().data())) = origin;
}

Expected<void> Config::read_file(const SettingsText& file) {
  if (auto read = read_text(file.text); !read) {
    return failure(read.error().with_context(file.path));
  }
  return {};
}

Expected<void> Config::read_text(std::string_view text) {
  const auto root = json::parse(text, {.comments = true});
  if (!root) return failure(root.error());
  if (!root->is_object()) {
    return failure(ErrorKind::invalid,
                   R"(it must be an object of sections, such as {"server": {"port": 8000}})");
  }
  Read read{.settings = settings_, .named = {}};
  for (const auto& [key, value] : root->get_object()) {
    if (is_own(key)) continue;
    const std::array<std::string_view, 1> path{key};
    if (!is_section(key)) return unknown(text, path, did_you_mean(key, sections()));
    if (!value.is_object()) {
      return wrong_value(text, path, {.kind = ErrorKind::invalid, .message = "is not an object"});
    }
    if (auto done = read_section(text, key, value.get_object(), read); !done) return done;
  }
  settings_ = std::move(read.settings);
  for (const auto* declaration : read.named) note(*declaration, Origin::file);
  return {};
}

Expected<void> Config::read_environment(const Environment& environment) {
  for (const auto& declaration : declarations()) {
    const auto word = environment(declaration.variable);
    if (!word) continue;
    if (auto done = set(settings_, declaration, *word); !done) {
      return failure(done.error().with_context(declaration.variable));
    }
    note(declaration, Origin::environment);
  }
  return {};
}

Expected<void> Config::read_flag(const Declaration& declaration, std::string_view word) {
  if (auto done = set(settings_, declaration, word); !done) {
    return failure(done.error().with_context(declaration.flag));
  }
  note(declaration, Origin::command_line);
  return {};
}

}  // namespace llf::config
