#include "config/config.hpp"

#include "base/limits.hpp"
#include "config/reader.hpp"
#include "config/values.hpp"
#include "os/atomic_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace llf::config {

Expected<std::optional<SettingsText>> read_settings_file(const std::filesystem::path& path) {
  auto text = os::read_file(path, limits::kSettingsFile);
  if (text) return SettingsText{.path = path.string(), .text = std::move(*text)};
  if (text.error().kind == ErrorKind::not_found) return std::nullopt;
  auto error = text.error();
  if (error.kind == ErrorKind::too_large) error.kind = ErrorKind::invalid;
  return failure(std::move(error));
}

std::string_view to_string(Origin origin) {
  constexpr std::array<std::string_view, 4> kNames{"built in", "file", "environment",
                                                   "command line"};
  return kNames.at(static_cast<std::size_t>(origin));
}

Expected<Config> Config::merge(const Sources& sources) {
  Config config;
  if (sources.file) {
    if (auto taken = config.take_file(*sources.file, sources.look_up); !taken) {
      return failure(taken.error().with_context(sources.file->path));
    }
  }
  if (auto taken = config.take_environment(sources.environment); !taken) {
    return failure(taken.error());
  }
  for (const auto& flag : sources.flags) {
    if (auto taken = config.take_flag(flag); !taken) return failure(taken.error());
  }
  return config;
}

Config::Config() : origins_(declarations().size(), Origin::built_in) {}

Origin Config::origin(const Declaration& declaration) const {
  return origins_.at(static_cast<std::size_t>(&declaration - declarations().data()));
}

Origin& Config::origin_of(const Declaration& declaration) {
  return origins_.at(static_cast<std::size_t>(&declaration - declarations().data()));
}

Expected<void> Config::take_file(const SettingsText& file, const LookUp& look_up) {
  auto read = read_settings(file.text, settings_, look_up);
  if (!read) return failure(read.error());
  settings_ = std::move(read->settings);
  for (const auto& declaration : declarations()) {
    const bool named = std::ranges::find(read->named, declaration.name) != read->named.end();
    if (named) origin_of(declaration) = Origin::file;
  }
  return {};
}

Expected<void> Config::take_environment(const Environment& environment) {
  for (const auto& declaration : declarations()) {
    if (declaration.variable == nullptr) continue;
    const auto word = environment(declaration.variable);
    if (!word) continue;
    if (auto done = set_word(settings_, declaration, *word); !done) {
      return failure(done.error().with_context(declaration.variable));
    }
    origin_of(declaration) = Origin::environment;
  }
  return {};
}

Expected<void> Config::take_flag(const FlagValue& flag) {
  if (auto done = set_word(settings_, *flag.declaration, flag.word); !done) {
    return failure(done.error().with_context(flag.declaration->flag));
  }
  origin_of(*flag.declaration) = Origin::command_line;
  return {};
}

}  // namespace llf::config
