#include "cli/config_command.hpp"

#include "cli/settings_change.hpp"
#include "config/config.hpp"
#include "config/place.hpp"
#include "config/schema.hpp"
#include "config/values.hpp"
#include "json/json.hpp"
#include "os/paths.hpp"
#include "text/table.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace llf::cli {
namespace {

std::string origin_of(const Context& context, const config::Config& config,
                      const config::Declaration& declaration) {
  const auto origin = config.origin(declaration);
  if (origin == config::Origin::file) return context.paths.settings_file().string();
  if (origin == config::Origin::environment) return declaration.variable;
  return std::string(config::to_string(origin));
}

/// A setting as `show --origin` has it.
struct Shown {
  std::string name;
  json::Value value;
  std::string origin;
};

std::vector<Shown> all_shown(const Context& context, const config::Config& config) {
  std::vector<Shown> all;
  for (const auto& declaration : config::declarations()) {
    all.push_back({.name = std::string(declaration.name),
                   .value = config::shown_value(config.settings(), declaration),
                   .origin = origin_of(context, config, declaration)});
  }
  const auto sections = config::as_file(config.settings());
  config::each_named_section(config.settings(), [&](const auto& section, const auto& /*members*/) {
    for (const auto& [name, member] : sections.at(section.name).get_object()) {
      all.push_back({.name = fmt::format("{}.{}", section.name, std::string_view(name)),
                     .value = member,
                     .origin = context.paths.settings_file().string()});
    }
  });
  return all;
}

std::string with_origins(const Context& context, const config::Config& config) {
  const auto all = all_shown(context, config);
  if (context.format == Format::json) {
    json::Object object;
    for (const auto& one : all) {
      object[one.name] = json::Object{{"value", one.value}, {"origin", one.origin}};
    }
    return json::write_pretty(object);
  }
  text::Table table({{.title = "SETTING"}, {.title = "VALUE"}, {.title = "FROM"}});
  for (const auto& one : all) table.add({one.name, word_of_setting(one.value), one.origin});
  return table.str();
}

/// By the daemon that runs, whose variables count, else as one would that began now.
Expected<void> check_settings(Context& context) {
  auto file = config::read_settings_file(context.paths.settings_file());
  if (!file) return failure(file.error());
  if (*file && client::daemon_listens(context.paths)) {
    if (const auto report = ask_daemon_about(context, (*file)->text); !report) {
      return failure(report.error());
    }
    return {};
  }
  const auto config = config::Config::merge({.file = *std::move(file),
                                             .environment = os::env,
                                             .look_up = config::look_up_in(os::env),
                                             .flags = {}});
  if (!config) return failure(config.error());
  return {};
}

}  // namespace

Expected<config::Config> settings_here(const Context& context) {
  auto file = config::read_settings_file(context.paths.settings_file());
  if (!file) return failure(file.error());
  return config::Config::merge({.file = *std::move(file), .environment = os::env, .flags = {}});
}

std::string word_of_setting(const json::Value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::write(value);
}

Expected<int> run_config_show(Context& context, const Arguments& arguments) {
  const auto config = settings_here(context);
  if (!config) return failure(config.error());
  return print(context, arguments.has("--origin")
                            ? with_origins(context, *config)
                            : json::write_pretty(config::as_file(config->settings())));
}

Expected<int> run_config_get(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid, "which setting? 'llf config show' names them all");
  }
  const auto place = config::find_place(arguments.words().front());
  if (!place) return failure(place.error());
  const auto config = settings_here(context);
  if (!config) return failure(config.error());
  const auto value = config::value_at(config->settings(), *place);
  if (!value) return failure(value.error());
  if (context.format == Format::json) return print(context, json::write(*value) + "\n");
  if (value->is_object()) return print(context, json::write_pretty(*value));
  return print(context, word_of_setting(*value) + "\n");
}

Expected<int> run_config_path(Context& context, const Arguments&) {
  const auto path = context.paths.settings_file().string();
  return print(context, context.format == Format::json
                            ? json::write_pretty(json::Object{{"path", path}})
                            : path + "\n");
}

Expected<int> run_config_check(Context& context, const Arguments&) {
  if (auto checked = check_settings(context); !checked) return failure(checked.error());
  if (context.format == Format::json) {
    return print(context, json::write_pretty(json::Object{{"valid", true}}));
  }
  const auto path = context.paths.settings_file();
  std::error_code error;
  return print(context, std::filesystem::exists(path, error)
                            ? fmt::format("{} is valid\n", path.native())
                            : fmt::format("there is no {}: nothing to check\n", path.native()));
}

Expected<int> run_config_schema(Context& context, const Arguments&) {
  return print(context, json::write_pretty(config::settings_schema()));
}

}  // namespace llf::cli
