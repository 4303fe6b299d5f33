#include "cli/profiles.hpp"

#include "config/reader.hpp"

namespace llf::cli {

config::Place place_of_profile(const std::string& name) {
  return {.path = {std::string(config::kProfiles), name}, .facts = nullptr};
}

std::optional<json::Object> profile_in(const config::Settings& settings, const std::string& name) {
  const auto value = config::value_at(settings, place_of_profile(name));
  return value && value->is_object() ? std::optional(value->get_object()) : std::nullopt;
}

bool is_alias(const json::Object& profile) {
  return profile.size() == 1 && profile.contains("model");
}

}  // namespace llf::cli
