#include "cli/commands.hpp"

#include "base/nearest.hpp"
#include "cli/chat_command.hpp"
#include "cli/config_change_command.hpp"
#include "cli/config_command.hpp"
#include "cli/config_import_command.hpp"
#include "cli/endpoint_command.hpp"
#include "cli/key_command.hpp"
#include "cli/list_command.hpp"
#include "cli/model_command.hpp"
#include "cli/model_download_command.hpp"
#include "cli/model_export_command.hpp"
#include "cli/model_fit_command.hpp"
#include "cli/model_import_command.hpp"
#include "cli/model_prune_command.hpp"
#include "cli/model_remove_command.hpp"
#include "cli/model_settings_command.hpp"
#include "cli/model_verify_command.hpp"
#include "cli/prompt_command.hpp"
#include "cli/prompt_use_command.hpp"
#include "cli/ps_command.hpp"
#include "cli/run_command.hpp"
#include "cli/server_logs_command.hpp"
#include "cli/server_start_command.hpp"
#include "cli/server_status_command.hpp"
#include "cli/server_stop_command.hpp"
#include "cli/stop_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace llf::cli {
namespace {

/// A noun alone says which verbs it has.
template <const char* Noun>
Expected<int> name_the_verbs(Context& context, const Arguments& arguments);

constexpr char kServer[] = "server";
constexpr char kModel[] = "model";
constexpr char kConfig[] = "config";
constexpr char kPrompt[] = "prompt";
constexpr char kKey[] = "key";
constexpr char kEndpoint[] = "endpoint";

const std::array kCommands{
    Command{"", "llf", kChatOptions, 0, run_chat},
    Command{"chat", "chat", kChatOptions, 1, run_chat},
    Command{"run", "run", kRunOptions, kAnyWords, run_run},
    Command{"ps", "ps", kPsOptions, 0, run_ps},
    Command{"ls", "ls", {}, 0, run_list},
    Command{"stop", "stop", {}, 1, run_stop},
    Command{"serve", "serve", kServeOptions, 0, run_serve},
    Command{"model", "model", {}, 0, name_the_verbs<kModel>},
    Command{"model list", "ls", {}, 0, run_list},
    Command{"model info", "model-info", kModelInfoOptions, 1, run_model_info},
    Command{"show", "model-info", kModelInfoOptions, 1, run_model_info},
    Command{"model download", "model-download", kModelDownloadOptions, 1, run_model_download},
    Command{"pull", "model-download", kModelDownloadOptions, 1, run_model_download},
    Command{"model downloads", "model-downloads", kModelDownloadsOptions, 0, run_model_downloads},
    Command{"model fit", "model-fit", kModelFitOptions, 1, run_model_fit},
    Command{"model recommend", "model-recommend", kModelRecommendOptions, 0, run_model_recommend},
    Command{"model import", "model-import", kModelImportOptions, 1, run_model_import},
    Command{"model export", "model-export", kModelExportOptions, 2, run_model_export},
    Command{"model remove", "model-remove", kModelRemoveOptions, 1, run_model_remove},
    Command{"rm", "model-remove", kModelRemoveOptions, 1, run_model_remove},
    Command{"model prune", "model-prune", kModelPruneOptions, 0, run_model_prune},
    Command{"model verify", "model-verify", kModelVerifyOptions, 1, run_model_verify},
    Command{"model default", "model-default", {}, 1, run_model_default},
    Command{"model alias", "model-alias", kModelAliasOptions, 2, run_model_alias},
    Command{"model search", "model-search", kModelSearchOptions, kAnyWords, run_model_search},
    Command{"model where", "model-where", {}, 1, run_model_where},
    Command{"config", "config", {}, 0, name_the_verbs<kConfig>},
    Command{"config show", "config", kConfigShowOptions, 0, run_config_show},
    Command{"config get", "config", {}, 1, run_config_get},
    Command{"config set", "config", {}, 2, run_config_set},
    Command{"config unset", "config", {}, 1, run_config_unset},
    Command{"config edit", "config", {}, 0, run_config_edit},
    Command{"config path", "config", {}, 0, run_config_path},
    Command{"config check", "config", {}, 0, run_config_check},
    Command{"config schema", "config", {}, 0, run_config_schema},
    Command{"config diff", "config", {}, 1, run_config_diff},
    Command{"config backups", "config", {}, 0, run_config_backups},
    Command{"config restore", "config", {}, 1, run_config_restore},
    Command{"config import", "config", kConfigImportOptions, kAnyWords, run_config_import},
    Command{"prompt", "prompt", {}, 0, name_the_verbs<kPrompt>},
    Command{"prompt list", "prompt", {}, 0, run_prompt_list},
    Command{"prompt show", "prompt", {}, 1, run_prompt_show},
    Command{"prompt use", "prompt", {}, 1, run_prompt_use},
    Command{"prompt preview", "prompt", kPromptPreviewOptions, 2, run_prompt_preview},
    Command{"prompt edit", "prompt", {}, 1, run_prompt_edit},
    Command{"prompt create", "prompt", kPromptCreateOptions, 1, run_prompt_create},
    Command{"prompt delete", "prompt", {}, 1, run_prompt_delete},
    Command{"prompt import", "prompt", kPromptImportOptions, 1, run_prompt_import},
    Command{"prompt export", "prompt", kPromptExportOptions, 2, run_prompt_export},
    Command{"server", "server", {}, 0, name_the_verbs<kServer>},
    Command{"server start", "server-start", kServerStartOptions, 0, run_server_start},
    Command{"server stop", "server-stop", {}, 0, run_server_stop},
    Command{"server restart", "server-restart", kServerStartOptions, 0, run_server_restart},
    Command{"key", "key", {}, 0, name_the_verbs<kKey>},
    Command{"key create", "key", {}, 1, run_key_create},
    Command{"key list", "key", {}, 0, run_key_list},
    Command{"key revoke", "key", {}, 1, run_key_revoke},
    Command{"endpoint", "endpoint", {}, 0, name_the_verbs<kEndpoint>},
    Command{"endpoint list", "endpoint", {}, 0, run_endpoint_list},
    Command{"endpoint add", "endpoint", kEndpointAddOptions, 2, run_endpoint_add},
    Command{"endpoint remove", "endpoint", {}, 1, run_endpoint_remove},
    Command{"server status", "server-status", {}, 0, run_server_status},
    Command{"server logs", "server-logs", kLogsOptions, 1, run_server_logs},
};

/// Commands that are announced and come with a later version.
constexpr std::array<std::string_view, 4> kLater{"history", "gui", "bench", "doctor"};

bool takes_value(std::string_view option) {
  return std::ranges::any_of(global_options(), [&](const OptionSpec& spec) {
    return spec.name == option && !spec.value.empty();
  });
}

bool is_global(std::string_view option) {
  const auto name = option.substr(0, option.find('='));
  return std::ranges::any_of(global_options(), [&](const OptionSpec& spec) {
    return spec.name == name || (!spec.short_name.empty() && spec.short_name == name);
  });
}

/// The place of the first word at or after `from` that is no global option or its value; nothing
/// at the end of the line and at an option that is not global.
std::optional<std::size_t> next_word(std::span<const std::string> words, std::size_t from) {
  for (std::size_t i = from; i < words.size(); ++i) {
    if (!words[i].starts_with('-')) return i;
    if (!is_global(words[i])) return std::nullopt;
    if (takes_value(words[i])) ++i;
  }
  return std::nullopt;
}

const Command* find(std::string_view name) {
  const auto found = std::ranges::find(kCommands, name, &Command::name);
  return found == kCommands.end() ? nullptr : &*found;
}

bool is_later(std::string_view name) {
  return std::ranges::find(kLater, name) != kLater.end();
}

std::unexpected<Error> not_yet(std::string_view name) {
  return failure(ErrorKind::unavailable, fmt::format("'{}' is not in this version yet", name));
}

/// The words that may stand after `noun` ("" for the nouns themselves).
std::vector<std::string> names_after(std::string_view noun) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view name) {
    const auto space = name.find(' ');
    const auto first = name.substr(0, space);
    if (noun.empty() ? space == std::string_view::npos && !name.empty()
                     : space != std::string_view::npos && first == noun) {
      names.emplace_back(noun.empty() ? name : name.substr(space + 1));
    }
  };
  for (const auto& command : kCommands) add(command.name);
  for (const auto& name : kLater) add(name);
  return names;
}

/// "list, info, …": the verbs of a noun that this version has.
std::string verbs_of(std::string_view noun) {
  std::string verbs;
  for (const auto& verb : names_after(noun)) {
    if (is_later(fmt::format("{} {}", noun, verb))) continue;
    verbs += verbs.empty() ? verb : ", " + verb;
  }
  return verbs;
}

std::unexpected<Error> unknown(std::string_view noun, std::string_view word) {
  if (word.find_first_of(" \t\n") != std::string_view::npos) {
    return failure(ErrorKind::invalid,
                   fmt::format("a prompt goes after a command: llf run \"{}\"", word));
  }
  auto hint = did_you_mean(word, names_after(noun));
  if (noun.empty()) {
    return failure(ErrorKind::invalid,
                   fmt::format("there is no command '{}'.{}\nTry 'llf --help'.", word, hint));
  }
  if (hint.empty()) hint = fmt::format(" There is: {}.", verbs_of(noun));
  return failure(ErrorKind::invalid, fmt::format("there is no command '{0} {1}'.{2}\n"
                                                 "Try 'llf {0} --help'.",
                                                 noun, word, hint));
}

std::vector<std::string> without(std::span<const std::string> words, std::size_t index) {
  std::vector<std::string> rest(words.begin(), words.end());
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(index));
  return rest;
}

template <const char* Noun>
Expected<int> name_the_verbs(Context&, const Arguments&) {
  return failure(ErrorKind::invalid, fmt::format("llf {0} what? There is: {1}.\n"
                                                 "Try 'llf {0} --help'.",
                                                 Noun, verbs_of(Noun)));
}

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

Expected<Choice> choose_command(std::span<const std::string> words) {
  const auto at = next_word(words, 0);
  if (!at) return Choice{.command = find(""), .words = {words.begin(), words.end()}};
  const auto& noun = words[*at];
  auto rest = without(words, *at);
  if (is_later(noun)) return not_yet(noun);
  const bool has_verbs = !names_after(noun).empty();
  const auto verb_at = has_verbs ? next_word(rest, *at) : std::nullopt;
  if (verb_at) {
    const auto name = fmt::format("{} {}", noun, rest[*verb_at]);
    if (is_later(name)) return not_yet(name);
    const auto* command = find(name);
    if (command == nullptr) return unknown(noun, rest[*verb_at]);
    return Choice{.command = command, .words = without(rest, *verb_at)};
  }
  const auto* command = find(noun);
  if (command == nullptr) return unknown("", noun);
  return Choice{.command = command, .words = std::move(rest)};
}

}  // namespace llf::cli
