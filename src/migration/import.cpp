#include "migration/import.hpp"

#include "base/ascii.hpp"
#include "base/limits.hpp"
#include "config/declarations.hpp"
#include "migration/draft.hpp"
#include "migration/endpoint_keys.hpp"
#include "migration/keys.hpp"
#include "migration/legacy_config.hpp"
#include "migration/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace llf::migration {
namespace {

namespace fs = std::filesystem;

/// A name or word that is another one now.
struct Renamed {
  std::string_view from;
  std::string_view to;
  std::string_view why = {};
};

constexpr std::array kInferenceNames{
    Renamed{"repetition_penalty", "repeat_penalty",
            "it has an effect now: llama-server calls it repeat_penalty"},
};

constexpr std::array kLevels{
    Renamed{"debug", "debug"},  Renamed{"info", "info"},
    Renamed{"warning", "warn"}, Renamed{"warn", "warn"},
    Renamed{"error", "error"},  Renamed{"critical", "error", "no level of llf's is higher"},
};

constexpr std::string_view kNewerHolds = "a newer key of the file holds in its place";
constexpr std::string_view kNoObject = "it is not an object";
constexpr std::string_view kNoText = "it is not a text in quotes";

bool is_setting(std::string_view name) {
  const auto all = config::declarations();
  return std::ranges::find(all, name, &config::Facts::name) != all.end();
}

/// Reads one file.
class ConfigReader {
 public:
  ConfigReader(LegacyConfig config, const Surroundings& around)
      : config_(std::move(config)), around_(around) {}

  [[nodiscard]] Import read() && {
    begin_profiles();
    find_target();
    for (const auto& pair : config_.root) read_key(*this, draft_, "", pair);
    return std::move(draft_).finish();
  }

  void take_servers(const LegacyMember& member);
  void take_server(const LegacyMember& member);
  void take_flat(const LegacyMember& member);
  void take_endpoint(const LegacyMember& member);
  void take_default_llm(const LegacyMember& member);
  void take_model_dir(const LegacyMember& member);
  void take_inference(const LegacyMember& member);
  void take_log_level(const LegacyMember& member);

  static constexpr std::array kKeys{
      Key<ConfigReader>{"local_llm_servers", &ConfigReader::take_servers},
      Key<ConfigReader>{"local_llm_server", &ConfigReader::take_server},
      Key<ConfigReader>{"llm_endpoint", &ConfigReader::take_endpoint},
      Key<ConfigReader>{"default_llm", &ConfigReader::take_default_llm},
      Key<ConfigReader>{"model_dir", &ConfigReader::take_model_dir},
      Key<ConfigReader>{"inference_params", &ConfigReader::take_inference},
      Key<ConfigReader>{"log_level", &ConfigReader::take_log_level},
      Key<ConfigReader>{"llama_server_path", &ConfigReader::take_flat},
      Key<ConfigReader>{"server_host", &ConfigReader::take_flat},
      Key<ConfigReader>{"server_port", &ConfigReader::take_flat},
      Key<ConfigReader>{"healthcheck_interval", &ConfigReader::take_flat},
      Key<ConfigReader>{"gguf_file", &ConfigReader::take_flat},
      Key<ConfigReader>{"server_params", &ConfigReader::take_flat},
      Key<ConfigReader>{"api_base_url", &ConfigReader::take_flat},
      Key<ConfigReader>{"api_key", &ConfigReader::take_flat},
      Key<ConfigReader>{"model_name", &ConfigReader::take_flat},
      Key<ConfigReader>{.name = "cache_dir", .why = "llf has a cache folder of its own"},
  };

 private:
  void begin_profiles();
  void find_target();
  void take_default_server();
  void read_server(const Server& server, const json::Object& members);
  void read_inference(std::string_view name, const LegacyMember& member);

  LegacyConfig config_;
  const Surroundings& around_;
  Draft draft_;
  Target target_;
};

void ConfigReader::begin_profiles() {
  ModelFolders folders{.folders = {around_.root / "models"},
                       .model_name = text_in(config_.endpoint, "model_name")};
  if (const auto other = text_in(config_.root, "model_dir"); !other.empty()) {
    folders.folders.push_back(around_.root / other);
  }
  for (auto& server : config_.servers) begin_profile(draft_, server, folders, around_);
}

void ConfigReader::find_target() {
  target_.endpoint = endpoint_name(config_);
  target_.no_default = config_.no_default;
  if (config_.default_server) {
    const auto& server = config_.servers[*config_.default_server];
    target_.default_profile = server.profile;
    target_.no_default = server.no_profile;
  }
  for (const auto& server : config_.servers) {
    if (!text_in(server.members, "model_dir").empty()) continue;
    if (target_.named_profile.empty()) target_.named_profile = server.profile;
    if (target_.no_profile.empty()) target_.no_profile = server.no_profile;
  }
}

void ConfigReader::take_servers(const LegacyMember& member) {
  if (!member.value.is_array()) {
    return draft_.skip(member.key, Outcome::refused, "it is not a list");
  }
  const auto& items = member.value.get_array();
  for (std::size_t i = 0; i < std::min(items.size(), config_.servers.size()); ++i) {
    if (items[i].is_object()) {
      read_server(config_.servers[i], items[i].get_object());
    } else {
      draft_.skip(fmt::format("{}[{}]", member.key, i), Outcome::refused, kNoObject);
    }
  }
  if (items.size() > config_.servers.size()) {
    draft_.skip(member.key, Outcome::refused,
                fmt::format("the servers after the first {}", limits::kImportedServers));
  }
}

void ConfigReader::take_server(const LegacyMember& member) {
  if (!member.value.is_object()) return draft_.skip(member.key, Outcome::refused, kNoObject);
  if (config_.shape != LegacyConfig::Shape::one_server) {
    return draft_.skip(member.key, Outcome::meaningless, kNewerHolds);
  }
  read_server(config_.servers.front(), member.value.get_object());
}

void ConfigReader::read_server(const Server& server, const json::Object& members) {
  ServerReader reader(draft_, server, around_);
  for (const auto& pair : members) read_key(reader, draft_, server.prefix, pair);
  if (server.role == Server::Role::leading) take_default_server();
}

/// What was the default one without being named so.
void ConfigReader::take_default_server() {
  if (target_.default_profile.empty() || config_.endpoint.contains("default_local_server")) return;
  const auto& server = config_.servers[*config_.default_server];
  draft_.take({.key = server.prefix + "gguf_file",
               .profile = "",
               .setting = "models.default",
               .value = json::Value(server.profile),
               .why = "it was what answered"});
}

/// A key of the oldest shape.
void ConfigReader::take_flat(const LegacyMember& member) {
  const json::Object one{{member.key, member.value}};
  if (is_flat_endpoint_key(member.key)) {
    if (config_.root.contains("llm_endpoint")) {
      return draft_.skip(member.key, Outcome::meaningless, kNewerHolds);
    }
    EndpointReader reader(draft_, target_);
    return read_key(reader, draft_, "", *one.begin());
  }
  if (config_.shape != LegacyConfig::Shape::flat) {
    return draft_.skip(member.key, Outcome::meaningless, kNewerHolds);
  }
  ServerReader reader(draft_, config_.servers.front(), around_);
  read_key(reader, draft_, "", *one.begin());
  if (member.key == "gguf_file") take_default_server();
}

void ConfigReader::take_endpoint(const LegacyMember& member) {
  if (!member.value.is_object()) return draft_.skip(member.key, Outcome::refused, kNoObject);
  EndpointReader reader(draft_, target_);
  for (const auto& pair : member.value.get_object()) {
    read_key(reader, draft_, "llm_endpoint.", pair);
  }
}

/// Its two keys held where newer ones did not say.
void ConfigReader::take_default_llm(const LegacyMember& member) {
  if (!member.value.is_object()) return draft_.skip(member.key, Outcome::refused, kNoObject);
  for (const auto& pair : member.value.get_object()) {
    const std::string_view name = pair.key();
    const bool is_file = name == "gguf_file" && config_.shape == LegacyConfig::Shape::flat &&
                         !config_.root.contains(name) && !config_.servers.empty();
    const bool is_name = name == "model_name" && !config_.root.contains("llm_endpoint") &&
                         !config_.root.contains(name);
    if (is_file) {
      ServerReader reader(draft_, config_.servers.front(), around_);
      read_key(reader, draft_, "default_llm.", pair);
      take_default_server();
    } else if (is_name) {
      EndpointReader reader(draft_, target_);
      read_key(reader, draft_, "default_llm.", pair);
    } else if (is_comment(name)) {
      draft_.skip_comment();
    } else {
      draft_.skip(fmt::format("default_llm.{}", name), Outcome::meaningless, kNewerHolds);
    }
  }
}

void ConfigReader::take_model_dir(const LegacyMember& member) {
  if (!member.value.is_string()) return draft_.skip(member.key, Outcome::refused, kNoText);
  const auto folder = (around_.root / std::string_view(member.value.get_string()));
  draft_.take({.key = member.key,
               .profile = "",
               .setting = "models.folder",
               .value = json::Value(folder.lexically_normal().native())});
}

void ConfigReader::take_inference(const LegacyMember& member) {
  if (!member.value.is_object()) return draft_.skip(member.key, Outcome::refused, kNoObject);
  for (const auto& [name, value] : member.value.get_object()) {
    const LegacyMember inner{.key = fmt::format("{}.{}", member.key, std::string_view(name)),
                             .value = value};
    if (is_comment(name)) {
      draft_.skip_comment();
    } else if (value.is_null()) {
      draft_.skip(inner.key, Outcome::meaningless, "it is empty");
    } else {
      read_inference(name, inner);
    }
  }
}

void ConfigReader::read_inference(std::string_view name, const LegacyMember& member) {
  const auto* const renamed = std::ranges::find(kInferenceNames, name, &Renamed::from);
  const bool is_renamed = renamed != kInferenceNames.end();
  const auto setting = fmt::format("inference.{}", is_renamed ? renamed->to : name);
  if (!is_setting(setting)) {
    return draft_.skip(member.key, Outcome::refused,
                       "there is no such setting; a request may say it");
  }
  draft_.take({.key = member.key,
               .profile = "",
               .setting = setting,
               .value = member.value,
               .why = is_renamed ? renamed->why : ""});
}

void ConfigReader::take_log_level(const LegacyMember& member) {
  const auto word = member.value.is_string() ? ascii_lower(member.value.get_string()) : "";
  const auto* const level = std::ranges::find(kLevels, word, &Renamed::from);
  if (level == kLevels.end()) {
    return draft_.skip(member.key, Outcome::refused, "it is no level that the Python llf knew");
  }
  draft_.take({.key = member.key,
               .profile = "",
               .setting = "log.level",
               .value = json::Value(level->to),
               .why = level->why});
}

/// Whether a note's `to` is the setting or profile `name`, or a part of it that `value` has.
bool is_of(std::string_view to, std::string_view name, const json::Value& value) {
  if (!to.starts_with(name)) return false;
  to.remove_prefix(name.size());
  if (to.empty()) return true;
  if (to.front() != '.' || !value.is_object()) return false;
  to.remove_prefix(1);
  return value.get_object().contains(to.substr(0, to.find('.')));
}

/// Says of the notes whose `to` is meant that nothing is taken.
void refuse_notes(std::vector<Note>& notes, std::string_view why,
                  const std::function<bool(std::string_view to)>& is_meant) {
  for (auto& note : notes) {
    if (!is_meant(note.to)) continue;
    note = {
        .key = std::move(note.key), .outcome = Outcome::refused, .to = {}, .why = std::string(why)};
  }
}

/// Says of a setting or profile that is there already with another value that it is not taken.
void refuse(Import& more, std::string_view section, std::string_view key,
            const json::Value& value) {
  const auto name = fmt::format("{}.{}", section, key);
  const auto why = section == config::kProfiles
                       ? fmt::format("an earlier file has another profile '{}'", key)
                       : fmt::format("an earlier file says {} already", name);
  refuse_notes(more.notes, why, [&](std::string_view to) { return is_of(to, name, value); });
}

/// Takes a prompt out that is not taken, and the choice of it.
void refuse_prompt(Import& more, std::string_view name) {
  const auto target = template_target(name);
  const auto* prompts = more.settings.if_contains("prompts");
  const bool is_chosen = prompts != nullptr && prompts->at("use") == json::Value(name);
  if (is_chosen) more.settings.erase("prompts");
  refuse_notes(
      more.notes, fmt::format("an earlier file has another {}", target),
      [&](std::string_view to) { return to == target || (is_chosen && to == "prompts.use"); });
}

/// Adds the prompt templates whose names are not there yet.
void merge_prompts(std::vector<prompt::Template>& into, Import& more) {
  for (auto& prompt : more.prompts) {
    const auto known = std::ranges::find(into, prompt.name, &prompt::Template::name);
    if (known == into.end()) {
      into.push_back(std::move(prompt));
    } else if (*known != prompt) {
      refuse_prompt(more, prompt.name);
    }
  }
}

/// Adds the settings and profiles that are not there yet.
void merge_settings(json::Object& into, Import& more) {
  for (const auto& [section, members] : more.settings) {
    auto& mine = into.emplace(section, json::Object{}).first->value().get_object();
    for (const auto& [key, value] : members.get_object()) {
      const auto [known, is_new] = mine.emplace(key, value);
      if (!is_new && known->value() != value) refuse(more, section, key, value);
    }
  }
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  constexpr std::array<std::string_view, 3> kNames{"taken", "meaningless", "refused"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

std::string template_target(std::string_view name) {
  return fmt::format("prompt template '{}'", name);
}

bool is_config(std::string_view text) {
  const auto config = read_legacy_config(text);
  return config && std::ranges::any_of(ConfigReader::kKeys, [&](const auto& key) {
           return config->root.contains(key.name);
         });
}

Expected<Import> import_config(std::string_view text, const Surroundings& around) {
  auto config = read_legacy_config(text);
  if (!config) return failure(config.error());
  return ConfigReader(*std::move(config), around).read();
}

void merge(Import& into, Import more) {
  merge_prompts(into.prompts, more);
  merge_settings(into.settings, more);
  std::ranges::move(more.notes, std::back_inserter(into.notes));
}

}  // namespace llf::migration
