#include "cli/config_command.hpp"

#include "client/daemon_start.hpp"
#include "config/config.hpp"
#include "config/save.hpp"
#include "json/json.hpp"
#include "os/paths.hpp"
#include "text/table.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace llf::cli {
namespace {

Expected<config::Config> load(const Context& context) {
  config::Config config;
  const auto file = config::read_settings_file(context.paths.settings_file());
  if (!file) return failure(file.error());
  if (*file) {
    if (auto read = config.read_file(**file); !read) return failure(read.error());
  }
  if (auto read = config.read_environment(os::env); !read) return failure(read.error());
  return config;
}

/// The value as a person writes it on a command line.
std::string word_of(const json::Value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::write(value);
}

/// As a settings file: an object of sections.
json::Object as_file(const config::Config& config) {
  json::Object sections;
  for (const auto& declaration : config::declarations()) {
    auto& section = sections[declaration.section()];
    if (!section.is_object()) section = json::Object{};
    section.get_object()[declaration.key()] = config::value_of(config.settings(), declaration);
  }
  return sections;
}

std::string origin_of(const Context& context, const config::Config& config,
                      const config::Declaration& declaration) {
  const auto origin = config.origin(declaration);
  if (origin == config::Origin::file) return context.paths.settings_file().string();
  if (origin == config::Origin::environment) return declaration.variable;
  return std::string(config::to_string(origin));
}

std::string with_origins(const Context& context, const config::Config& config) {
  if (context.format == Format::json) {
    json::Object all;
    for (const auto& declaration : config::declarations()) {
      all[declaration.name] =
          json::Object{{"value", config::value_of(config.settings(), declaration)},
                       {"origin", origin_of(context, config, declaration)}};
    }
    return json::write_pretty(all);
  }
  text::Table table({{.title = "SETTING"}, {.title = "VALUE"}, {.title = "FROM"}});
  for (const auto& declaration : config::declarations()) {
    table.add({std::string(declaration.name),
               word_of(config::value_of(config.settings(), declaration)),
               origin_of(context, config, declaration)});
  }
  return table.str();
}

Expected<int> print(Context& context, std::string_view text) {
  if (auto written = context.out.write(text); !written) return failure(written.error());
  return 0;
}

/// After a change of the file: what does not follow from it.
Expected<int> tell_what_holds(Context& context, const config::Declaration& declaration) {
  if (os::env(declaration.variable)) {
    context.err.say(fmt::format("llf: {} is set and wins over the file\n", declaration.variable));
  }
  if (client::daemon_listens(context.paths)) {
    context.err.say("llf: the daemon goes on as it is until 'llf server restart'\n");
  }
  return 0;
}

}  // namespace

Expected<int> run_config_show(Context& context, const Arguments& arguments) {
  const auto config = load(context);
  if (!config) return failure(config.error());
  return print(context, arguments.has("--origin") ? with_origins(context, *config)
                                                  : json::write_pretty(as_file(*config)));
}

Expected<int> run_config_get(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid, "which setting? 'llf config show' names them all");
  }
  const auto declaration = config::find_declaration(arguments.words().front());
  if (!declaration) return failure(declaration.error());
  const auto config = load(context);
  if (!config) return failure(config.error());
  const auto value = config::value_of(config->settings(), **declaration);
  return print(context,
               (context.format == Format::json ? json::write(value) : word_of(value)) + "\n");
}

Expected<int> run_config_set(Context& context, const Arguments& arguments) {
  const auto& words = arguments.words();
  if (words.size() != 2) {
    return failure(ErrorKind::invalid,
                   "it is: llf config set NAME VALUE, such as "
                   "'llf config set server.port 8080'");
  }
  const auto declaration = config::find_declaration(words[0]);
  if (!declaration) return failure(declaration.error());
  const auto saved = config::save_setting(context.paths.settings_file(), **declaration, words[1]);
  if (!saved) return failure(saved.error());
  return tell_what_holds(context, **declaration);
}

Expected<int> run_config_unset(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid, "it is: llf config unset NAME");
  }
  const auto declaration = config::find_declaration(arguments.words().front());
  if (!declaration) return failure(declaration.error());
  const auto saved = config::remove_setting(context.paths.settings_file(), **declaration);
  if (!saved) return failure(saved.error());
  return tell_what_holds(context, **declaration);
}

Expected<int> run_config_path(Context& context, const Arguments&) {
  const auto path = context.paths.settings_file().string();
  return print(context, context.format == Format::json
                            ? json::write_pretty(json::Object{{"path", path}})
                            : path + "\n");
}

Expected<int> run_config_check(Context& context, const Arguments&) {
  const auto file = config::read_settings_file(context.paths.settings_file());
  if (!file) return failure(file.error());
  if (auto config = load(context); !config) return failure(config.error());
  if (context.format == Format::json) {
    return print(context, json::write_pretty(json::Object{{"valid", true}}));
  }
  return print(context, *file ? fmt::format("{} is valid\n", (*file)->path)
                              : fmt::format("there is no {}: nothing to check\n",
                                            context.paths.settings_file().string()));
}

}  // namespace llf::cli
