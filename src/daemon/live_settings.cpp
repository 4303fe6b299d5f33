#include "daemon/live_settings.hpp"

#include <utility>

namespace llf::daemon {

LiveSettings::LiveSettings(config::Sources sources, config::Settings settings)
    : sources_(std::move(sources)), at_start_(settings), current_(std::move(settings)) {}

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
    return {};
  }
  error_.reset();
  sources_ = std::move(sources);
  auto changes = config::difference(current_, config->settings());
  current_ = config->settings();
  return changes;
}

Expected<config::Settings> LiveSettings::settings_with(std::string_view text) const {
  auto sources = sources_;
  sources.file = config::SettingsText{.path = "the settings", .text = std::string(text)};
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
