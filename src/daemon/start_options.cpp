#include "daemon/start_options.hpp"

#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "base/number.hpp"
#include "config/values.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::daemon {
namespace {

constexpr std::string_view kHomeFlag = "--home";
constexpr std::string_view kReadyFlag = "--ready-fd";
constexpr std::string_view kGuardFlag = "--guard";

Expected<std::int64_t> number(std::string_view word, std::int64_t least, std::int64_t most) {
  const auto value = parse_number<std::int64_t>(word);
  if (!value || *value < least || *value > most) {
    return failure(ErrorKind::invalid,
                   fmt::format("'{}' is not a whole number from {} to {}", word, least, most));
  }
  return *value;
}

Expected<void> set_home(StartOptions& options, std::string_view word) {
  options.home = word;
  return {};
}

Expected<void> set_ready_fd(StartOptions& options, std::string_view word) {
  const auto fd = number(word, 0, limits::kMaxDescriptor);
  if (!fd) return failure(fd.error());
  options.ready_fd = static_cast<int>(*fd);
  return {};
}

Expected<void> set_guarded(StartOptions& options, std::string_view word) {
  const auto pid = number(word, 1, limits::kMaxPid);
  if (!pid) return failure(pid.error());
  options.guarded = static_cast<pid_t>(*pid);
  return {};
}

/// What only a start knows, and takes a value. LLF_HOME is read by os::resolve_paths, for llf and
/// llfd alike.
struct StartFlag {
  std::string_view flag;
  std::string_view help;
  Expected<void> (*set)(StartOptions&, std::string_view);
};

constexpr std::array kStartFlags{
    StartFlag{kHomeFlag, "keep everything below this folder [LLF_HOME]", set_home},
    StartFlag{kReadyFlag, "descriptor that gets one line when ready or failed", set_ready_fd},
    StartFlag{kGuardFlag, "clear up when that process, an llfd, was killed; used by llfd itself",
              set_guarded},
};

std::unexpected<Error> unknown_flag(std::string_view flag) {
  std::vector<std::string> known{"--on-demand", "--check", "--version", "--help"};
  for (const auto& option : kStartFlags) known.emplace_back(option.flag);
  for (const auto& declaration : config::declarations()) {
    if (!declaration.flag.empty()) known.emplace_back(declaration.flag);
  }
  return failure(ErrorKind::invalid, fmt::format("unknown option '{}'.{} See llfd --help", flag,
                                                 did_you_mean(flag, known)));
}

/// One word of the command line: "--flag" or "--flag=value".
struct Argument {
  std::string_view flag;
  std::optional<std::string_view> value;
};

Argument split(std::string_view text) {
  const auto equals = text.find('=');
  if (!text.starts_with("--") || equals == std::string_view::npos)
    return {.flag = text, .value = std::nullopt};
  return {.flag = text.substr(0, equals), .value = text.substr(equals + 1)};
}

/// Takes what only a start knows into `line`; returns the settings, in their order.
Expected<std::vector<config::FlagValue>> read_arguments(std::span<const std::string> args,
                                                        CommandLine& line) {
  std::vector<config::FlagValue> given;
  for (std::size_t i = 0; i < args.size(); ++i) {
    auto argument = split(args[i]);
    if (argument.flag == "--version" || argument.flag == "--help" || argument.flag == "-h") {
      line.action =
          argument.flag == "--version" ? CommandLine::Action::version : CommandLine::Action::help;
      return given;
    }
    if (argument.flag == "--on-demand") {
      line.options.on_demand = true;
      continue;
    }
    if (argument.flag == "--check") {
      line.action = CommandLine::Action::check;
      continue;
    }
    const auto declaration =
        std::ranges::find(config::declarations(), argument.flag, &config::Declaration::flag);
    const bool is_setting = !argument.flag.empty() && declaration != config::declarations().end();
    const auto* const option = std::ranges::find(kStartFlags, argument.flag, &StartFlag::flag);
    if (!is_setting && option == kStartFlags.end()) return unknown_flag(argument.flag);
    if (!argument.value && i + 1 == args.size()) {
      return failure(ErrorKind::invalid, fmt::format("{} needs a value", argument.flag));
    }
    if (!argument.value) argument.value = args[++i];
    if (is_setting) {
      given.push_back({.declaration = &*declaration, .word = std::string(*argument.value)});
    } else if (auto set = option->set(line.options, *argument.value); !set) {
      return failure(set.error().with_context(option->flag));
    }
  }
  return given;
}

bool needs_settings(const CommandLine& line) {
  return (line.action == CommandLine::Action::run || line.action == CommandLine::Action::check) &&
         !line.options.guarded;
}

}  // namespace

Expected<CommandLine> parse_command_line(std::span<const std::string> args,
                                         const config::Environment& environment,
                                         const SettingsFile& file) {
  CommandLine line;
  auto given = read_arguments(args, line);
  if (!given) return failure(given.error());
  if (!needs_settings(line)) return line;
  auto found = file(line.options.home);
  if (!found) return failure(found.error());
  line.options.sources = {.file = *std::move(found),
                          .environment = environment,
                          .look_up = config::look_up_in(environment),
                          .flags = *std::move(given)};
  const auto config = config::Config::merge(line.options.sources);
  if (!config) return failure(config.error());
  line.options.settings = config->settings();
  return line;
}

std::optional<int> find_ready_fd(std::span<const std::string> args) {
  StartOptions options;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto argument = split(args[i]);
    if (argument.flag != kReadyFlag) continue;
    const std::string_view next = i + 1 < args.size() ? args[i + 1] : std::string_view();
    static_cast<void>(set_ready_fd(options, argument.value.value_or(next)));
  }
  return options.ready_fd;
}

Expected<std::optional<config::SettingsText>> read_settings_file(const std::string& home) {
  const auto paths = os::resolve_paths({.home = home});
  if (!paths) return failure(paths.error());
  return config::read_settings_file(paths->settings_file());
}

std::vector<std::string> words_of(const std::vector<config::FlagValue>& flags) {
  std::vector<std::string> words;
  for (const auto& flag : flags) {
    words.emplace_back(flag.declaration->flag);
    words.push_back(flag.word);
  }
  return words;
}

std::string help_text() {
  std::string text =
      "llfd: the daemon of llf. `llf` starts it when it is needed; `llf server start` starts one "
      "that stays.\n\nUsage: llfd [OPTION VALUE]...\n\n";
  const auto add = [&text](std::string_view flag, std::string_view help) {
    text += fmt::format("  {:<20} {}\n", flag, help);
  };
  const config::Settings built_in;
  for (const auto& declaration : config::declarations()) {
    if (declaration.flag.empty()) continue;
    const auto value = config::value_of(built_in, declaration);
    const auto shown = value.is_string() ? std::string(value.get_string()) : json::write(value);
    add(declaration.flag,
        fmt::format("{}{} [{}]", declaration.help, shown.empty() ? "" : fmt::format(" ({})", shown),
                    declaration.variable));
  }
  for (const auto& option : kStartFlags) add(option.flag, option.help);
  add("--on-demand", "go on without a taken port, end when idle");
  add("--check", "only check the options, the variables, config.json and the address");
  add("--version", "print the version");
  add("--help", "print this text");
  return text;
}

}  // namespace llf::daemon
