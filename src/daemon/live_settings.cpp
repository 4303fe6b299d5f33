#include "daemon/live_settings.hpp"

#include "config/reader.hpp"
#include "config/references.hpp"

#include <utility>

namespace llf::daemon {

LiveSettings::LiveSettings(config::Sources sources, config::Settings settings)
    : sources_(std::move(sources)), at_start_(settings), current_(std::move(settings)) {
  note_references(current_);
}

std::vector<config::Change> LiveSettings::take(Expected<std::optional<config::SettingsText>> file) {
  if (!file) {
    error_ = file.error().message;
    return {};
  }
  auto sources = sources_;
  sources.file = *std::move(file);
  const auto config = config::Config::merge(sources);
  if (!config) {
    error_ = config.error().message;
    // It may become right by what it refers to.
    const auto read = config::read_settings(sources.file ? sources.file->text : "{}", {},
                                            config::look_up_nothing());
    if (read) note_references(read->settings);
    return {};
  }
  note_references(config->settings());
  error_.reset();
  sources_ = std::move(sources);
  auto changes = config::difference(current_, config->settings());
  current_ = config->settings();
  return changes;
}

void LiveSettings::note_references(const config::Settings& settings) {
  referenced_files_.clear();
  const auto add = [this](const config::References& references) {
    for (const auto& [name, value] : references) {
      auto reference = config::read_reference(value);
      const bool is_file = reference && reference->kind == config::Reference::Kind::file;
      if (is_file) referenced_files_.push_back(std::move(reference->name));
    }
  };
  add(settings.references);
  config::each_named_section(settings, [&](const auto& /*section*/, const auto& members) {
    for (const auto& [name, member] : members) add(member.references);
  });
}

Expected<config::Settings> LiveSettings::settings_with(config::SettingsText file) const {
  auto sources = sources_;
  sources.file = std::move(file);
  const auto config = config::Config::merge(sources);
  if (!config) return failure(config.error());
  return config->settings();
}

std::vector<std::string> LiveSettings::waiting(const config::Settings& settings) const {
  std::vector<std::string> names;
  for (const auto& change : config::difference(at_start_, settings)) {
    if (change.effect == config::Effect::restart) names.push_back(change.name);
  }
  return names;
}

}  // namespace llf::daemon
