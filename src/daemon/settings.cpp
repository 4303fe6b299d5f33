#include "daemon/settings.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>
#include <vector>

namespace llf::daemon {
namespace {

constexpr std::int64_t kMaxSeconds = 7LL * 24 * 3600;
constexpr std::int64_t kMaxPort = 65535;
constexpr std::int64_t kMostLoaded = 64;
constexpr std::int64_t kMaxDescriptor = 1023;
constexpr std::int64_t kMaxPid = 4'194'304;
constexpr std::string_view kReadyFlag = "--ready-fd";

Expected<std::int64_t> number(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return failure(ErrorKind::invalid,
                   fmt::format("'{}' is not a whole number from {} to {}", text, least, most));
  }
  return value;
}

/// Sets `target` from a whole number between `least` and `most`.
template <class Target>
Expected<void> set_number(Target& target, std::string_view text, std::int64_t least,
                          std::int64_t most) {
  const auto value = number(text, least, most);
  if (!value) return failure(value.error());
  target = static_cast<Target>(*value);
  return {};
}

Expected<void> set_seconds(std::chrono::seconds& target, std::string_view text) {
  std::int64_t seconds = 0;
  auto set = set_number(seconds, text, 1, kMaxSeconds);
  if (set) target = std::chrono::seconds(seconds);
  return set;
}

Expected<void> set_level(log::Level& target, std::string_view text) {
  constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warn", "error"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames.at(i)) {
      target = static_cast<log::Level>(i);
      return {};
    }
  }
  return failure(ErrorKind::invalid, fmt::format("'{}' is none of debug, info, warn, error", text));
}

Expected<void> set_text(std::string& target, std::string_view text) {
  target = text;
  return {};
}

Expected<void> set_ready_fd(Settings& settings, std::string_view text) {
  int fd = 0;
  auto set = set_number(fd, text, 0, kMaxDescriptor);
  if (set) settings.ready_fd = fd;
  return set;
}

/// One setting: its flag, its variable (empty: none), what --help says, and how it is set.
struct Option {
  std::string_view flag;
  const char* variable;
  std::string_view help;
  Expected<void> (*set)(Settings&, std::string_view);
};

const std::array kOptions{
    // LLF_HOME is read by os::resolve_paths, for llf and llfd alike.
    Option{"--home", "", "keep everything below this folder (LLF_HOME)",
           [](Settings& s, std::string_view v) { return set_text(s.home, v); }},
    Option{"--host", "LLF_HOST", "address of the public API (127.0.0.1)",
           [](Settings& s, std::string_view v) { return set_text(s.host, v); }},
    Option{"--port", "LLF_PORT", "port of the public API, 0 for any free one (8000)",
           [](Settings& s, std::string_view v) { return set_number(s.port, v, 0, kMaxPort); }},
    Option{kReadyFlag, "", "descriptor that gets one line when ready or failed", set_ready_fd},
    Option{"--guard", "", "clear up when that process, an llfd, was killed; used by llfd itself",
           [](Settings& s, std::string_view v) {
             pid_t pid = 0;
             auto set = set_number(pid, v, 1, kMaxPid);
             if (set) s.guarded = pid;
             return set;
           }},
    Option{"--idle-exit", "LLF_IDLE_EXIT", "with --on-demand: end after so many idle seconds (600)",
           [](Settings& s, std::string_view v) { return set_seconds(s.idle_exit, v); }},
    Option{"--engine", "LLF_ENGINE", "the llama-server to use",
           [](Settings& s, std::string_view v) { return set_text(s.engine, v); }},
    Option{"--models", "LLF_MODELS", "one more folder with .gguf files",
           [](Settings& s, std::string_view v) { return set_text(s.models, v); }},
    Option{"--load-timeout", "LLF_LOAD_TIMEOUT", "seconds that a model may take to load (600)",
           [](Settings& s, std::string_view v) { return set_seconds(s.load_timeout, v); }},
    Option{"--stall-timeout", "LLF_STALL_TIMEOUT",
           "seconds without a token or work after which a worker counts as hung (30)",
           [](Settings& s, std::string_view v) { return set_seconds(s.stall_timeout, v); }},
    Option{"--max-loaded", "LLF_MAX_LOADED", "models in memory at once (3)",
           [](Settings& s, std::string_view v) {
             return set_number(s.max_loaded, v, 1, kMostLoaded);
           }},
    Option{"--log-level", "LLF_LOG_LEVEL", "debug, info, warn or error (info)",
           [](Settings& s, std::string_view v) { return set_level(s.log_level, v); }},
};

std::unexpected<Error> unknown_flag(std::string_view flag) {
  std::vector<std::string> known{"--on-demand", "--check", "--version", "--help"};
  for (const auto& option : kOptions) known.emplace_back(option.flag);
  return failure(ErrorKind::invalid, fmt::format("unknown option '{}'.{} See llfd --help", flag,
                                                 did_you_mean(flag, known)));
}

Expected<void> read_environment(Settings& settings, const Environment& environment) {
  for (const auto& option : kOptions) {
    if (*option.variable == '\0') continue;
    const auto value = environment(option.variable);
    if (!value) continue;
    if (auto set = option.set(settings, *value); !set) {
      return failure(set.error().with_context(option.variable));
    }
  }
  return {};
}

/// Splits "--flag=value"; `value` is empty when there is no '='.
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

}  // namespace

Expected<CommandLine> parse_command_line(std::span<const std::string> args,
                                         const Environment& environment) {
  CommandLine line;
  if (auto read = read_environment(line.settings, environment); !read) {
    return failure(read.error());
  }
  for (std::size_t i = 0; i < args.size(); ++i) {
    auto argument = split(args[i]);
    if (argument.flag == "--version") return CommandLine{CommandLine::Action::version, {}};
    if (argument.flag == "--help" || argument.flag == "-h") {
      return CommandLine{CommandLine::Action::help, {}};
    }
    if (argument.flag == "--on-demand") {
      line.settings.on_demand = true;
      continue;
    }
    if (argument.flag == "--check") {
      line.action = CommandLine::Action::check;
      continue;
    }
    const auto* option = std::ranges::find(kOptions, argument.flag, &Option::flag);
    if (option == kOptions.end()) return unknown_flag(argument.flag);
    if (!argument.value && i + 1 == args.size()) {
      return failure(ErrorKind::invalid, fmt::format("{} needs a value", option->flag));
    }
    if (!argument.value) argument.value = args[++i];
    if (auto set = option->set(line.settings, *argument.value); !set) {
      return failure(set.error().with_context(option->flag));
    }
  }
  return line;
}

std::optional<int> find_ready_fd(std::span<const std::string> args) {
  Settings settings;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto argument = split(args[i]);
    if (argument.flag != kReadyFlag) continue;
    const std::string_view next = i + 1 < args.size() ? args[i + 1] : std::string_view();
    static_cast<void>(set_ready_fd(settings, argument.value.value_or(next)));
  }
  return settings.ready_fd;
}

std::string help_text() {
  std::string text =
      "llfd: the daemon of llf. `llf` starts it when it is needed; `llf server start` starts one "
      "that stays.\n\nUsage: llfd [OPTION VALUE]...\n\n";
  for (const auto& option : kOptions) {
    text += fmt::format("  {:<16} {}", option.flag, option.help);
    if (*option.variable != '\0') text += fmt::format(" [{}]", option.variable);
    text += '\n';
  }
  text += fmt::format("  {:<16} go on without a taken port, end when idle\n", "--on-demand");
  text +=
      fmt::format("  {:<16} only check the options, the variables and the address\n", "--check");
  text += fmt::format("  {:<16} print the version\n", "--version");
  text += fmt::format("  {:<16} print this text\n", "--help");
  return text;
}

}  // namespace llf::daemon
