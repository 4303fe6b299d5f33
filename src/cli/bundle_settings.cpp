#include "cli/bundle_settings.hpp"

#include "base/limits.hpp"
#include "cli/config_command.hpp"
#include "cli/profiles.hpp"
#include "cli/prompt_command.hpp"
#include "cli/settings_change.hpp"
#include "config/reader.hpp"
#include "config/references.hpp"
#include "config/save.hpp"
#include "os/atomic_file.hpp"
#include "prompt/template.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace llf::cli {
namespace {

using State = TakenText::State;

constexpr std::string_view kProfilesText = "profiles.json";
constexpr std::string_view kPromptsFolder = "prompts/";
constexpr std::string_view kTextEnding = ".json";
constexpr std::string_view kModelKey = "model";
constexpr std::string_view kArgumentsKey = "arguments";

/// What of a profile holds on another machine.
json::Object portable(const json::Object& profile) {
  json::Object kept;
  for (const auto& [key, value] : profile) {
    if (key == kArgumentsKey) {
      kept[key] = value;
    } else if (key != kModelKey && !config::is_reference(value)) {
      kept[key] = value.is_object() ? json::Value(portable(value.get_object())) : value;
    }
  }
  return kept;
}

/// The template of the user's own of that name; nothing when there is none.
Expected<std::optional<std::string>> own_template(const prompt::Library& library,
                                                  const std::string& name) {
  const auto path = library.own_file(name);
  std::error_code code;
  if (!prompt::is_template_name(name) || !std::filesystem::exists(path, code)) return std::nullopt;
  auto text = os::read_file(path, limits::kPromptFile);
  if (!text) return failure(text.error());
  return *std::move(text);
}

TakenText take_template(const prompt::Library& library, const std::string& name,
                        const std::string& text) {
  TakenText taken{.kind = "prompt", .name = name};
  if (!prompt::is_template_name(name)) {
    taken.note = "a prompt template cannot have this name";
    return taken;
  }
  if (const auto there = library.file_of(name)) {
    const auto now = os::read_file(*there, limits::kPromptFile);
    taken.state = now && *now == text ? State::was_there : State::kept;
    return taken;
  }
  const auto saved = library.save_text(name, text, prompt::Library::Existing::refuse);
  taken.state = saved ? State::added : State::refused;
  if (!saved) taken.note = saved.error().message;
  return taken;
}

/// Takes the arguments of the engine out and says so.
std::string leave_arguments_out(json::Object& profile) {
  const auto* value = profile.if_contains(kArgumentsKey);
  const auto* arguments = value != nullptr ? value->if_object() : nullptr;
  std::vector<std::string> names;
  if (arguments != nullptr) {
    for (const auto& [name, unused] : *arguments) names.emplace_back(name);
  }
  profile.erase(kArgumentsKey);
  if (names.empty()) return {};
  return fmt::format("without its engine arguments: {} (--arguments takes them)",
                     fmt::join(names, ", "));
}

TakenText take_profile(Context& context, const std::string& name, json::Object profile,
                       const std::vector<std::string>& installed) {
  TakenText taken{.kind = "profile", .name = name};
  if (!config::is_profile_name(name)) {
    taken.note = "a profile cannot have this name";
    return taken;
  }
  const auto config = settings_here(context);
  if (!config) {
    taken.note = config.error().message;
    return taken;
  }
  if (const auto there = profile_in(config->settings(), name)) {
    taken.state = *there == profile ? State::was_there : State::kept;
    return taken;
  }
  if (std::ranges::find(installed, name) != installed.end()) {
    taken.note =
        "it would hide the model of that name. Its text is profiles.json of the bundle (`tar xOf "
        "FILE profiles.json`): llf config set profiles.OTHER-NAME '{…}' takes it";
    return taken;
  }
  const auto saved =
      config::save_value(settings_file(context), place_of_profile(name), std::move(profile));
  taken.state = saved ? State::added : State::refused;
  if (!saved) taken.note = saved.error().message;
  return taken;
}

void take_profiles(Context& context, std::string_view text, const TakeOptions& options,
                   std::vector<TakenText>& all) {
  const auto value = json::parse(text);
  const auto profiles = value ? json::as_object(*value, kProfilesText) : failure(value.error());
  if (!profiles) {
    all.push_back(
        {.kind = "profile", .name = std::string(kProfilesText), .note = profiles.error().message});
    return;
  }
  const SettingsChange change(context);
  bool changed = false;
  for (const auto& [name, member] : *profiles) {
    if (!member.is_object()) continue;
    auto profile = portable(member.get_object());
    const auto note = options.arguments == EngineArguments::leave_out ? leave_arguments_out(profile)
                                                                      : std::string();
    profile[kModelKey] = options.model;
    auto taken = take_profile(context, std::string(name), std::move(profile), options.installed);
    changed = changed || taken.state == State::added;
    if (taken.note.empty() && taken.state == State::added) taken.note = note;
    all.push_back(std::move(taken));
  }
  if (changed) static_cast<void>(change.take_effect());
}

}  // namespace

Expected<json::Object> texts_for_bundle(const Context& context,
                                        const std::vector<std::string>& profiles) {
  json::Object texts;
  if (profiles.empty()) return texts;
  const auto config = settings_here(context);
  if (!config) return failure(config.error());
  const auto library = prompt_library(context);
  if (!library) return failure(library.error());
  json::Object chosen;
  for (const auto& name : profiles) {
    const auto profile = profile_in(config->settings(), name);
    if (!profile) continue;
    auto kept = portable(*profile);
    const auto prompt = json::get_string_or(kept, "prompt", "").value_or("");
    const auto text = own_template(*library, prompt);
    if (!text) return failure(text.error());
    if (*text) texts[fmt::format("{}{}{}", kPromptsFolder, prompt, kTextEnding)] = **text;
    chosen[name] = std::move(kept);
  }
  texts[kProfilesText] = json::write_pretty(chosen);
  return texts;
}

std::string_view to_string(TakenText::State state) {
  constexpr std::array<std::string_view, 4> kNames{"added", "was there", "kept", "refused"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::vector<TakenText> take_texts(Context& context, const json::Array& texts,
                                  const TakeOptions& options) {
  std::vector<TakenText> all;
  std::string profiles;
  for (const auto& item : texts) {
    const auto* text = item.if_object();
    if (text == nullptr) continue;
    auto name = json::get_string_or(*text, "name", "").value_or("");
    const auto content = json::get_string_or(*text, "content", "").value_or("");
    if (name == kProfilesText) profiles = content;
    if (!name.starts_with(kPromptsFolder) || !name.ends_with(kTextEnding)) continue;
    name = name.substr(kPromptsFolder.size(),
                       name.size() - kPromptsFolder.size() - kTextEnding.size());
    const auto library = prompt_library(context);
    if (library) all.push_back(take_template(*library, name, content));
  }
  // They name templates, which are there now.
  if (!profiles.empty()) take_profiles(context, profiles, options, all);
  return all;
}

}  // namespace llf::cli
