#include "config/declarations.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace llf::config {
namespace {

constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};

const std::array kDeclarations{
    Declaration{.name = "server.host",
                .flag = "--host",
                .variable = "LLF_HOST",
                .help = "IP address of the HTTP API; only loopback is accepted",
                .field = [](Settings& s) -> std::string& { return s.server.host; }},
    Declaration{.name = "server.port",
                .flag = "--port",
                .variable = "LLF_PORT",
                .help = "port of the HTTP API, 0 for any free one",
                .field = [](Settings& s) -> std::uint16_t& { return s.server.port; },
                .least = 0,
                .most = limits::kMaxPort},
    Declaration{.name = "server.idle_exit",
                .flag = "--idle-exit",
                .variable = "LLF_IDLE_EXIT",
                .help = "idle seconds until a daemon that was started on demand ends",
                .field = [](Settings& s) -> std::chrono::seconds& { return s.server.idle_exit; },
                .least = 1,
                .most = limits::kMaxSeconds},
    Declaration{.name = "models.folder",
                .flag = "--models",
                .variable = "LLF_MODELS",
                .help = "one more folder with .gguf files",
                .field = [](Settings& s) -> std::string& { return s.models.folder; },
                .text = Declaration::Text::path},
    Declaration{.name = "models.max_loaded",
                .flag = "--max-loaded",
                .variable = "LLF_MAX_LOADED",
                .help = "models in memory at once",
                .field = [](Settings& s) -> std::int64_t& { return s.models.max_loaded; },
                .least = 1,
                .most = limits::kMostLoaded},
    Declaration{.name = "engine.path",
                .flag = "--engine",
                .variable = "LLF_ENGINE",
                .help = "the llama-server to use",
                .field = [](Settings& s) -> std::string& { return s.engine.path; },
                .text = Declaration::Text::path},
    Declaration{.name = "engine.load_timeout",
                .flag = "--load-timeout",
                .variable = "LLF_LOAD_TIMEOUT",
                .help = "seconds that a model may take to load",
                .field = [](Settings& s) -> std::chrono::seconds& { return s.engine.load_timeout; },
                .least = 1,
                .most = limits::kMaxSeconds},
    Declaration{
        .name = "engine.stall_timeout",
        .flag = "--stall-timeout",
        .variable = "LLF_STALL_TIMEOUT",
        .help = "seconds without a token or work after which a worker counts as hung",
        .field = [](Settings& s) -> std::chrono::seconds& { return s.engine.stall_timeout; },
        .least = 1,
        .most = limits::kMaxSeconds},
    Declaration{.name = "log.level",
                .flag = "--log-level",
                .variable = "LLF_LOG_LEVEL",
                .help = "debug, info, warn or error",
                .field = [](Settings& s) -> log::Level& { return s.log.level; }},
};

std::unexpected<Error> no_number(const Declaration& declaration, std::string_view what) {
  return failure(ErrorKind::invalid, fmt::format("{} is not a whole number from {} to {}", what,
                                                 declaration.least, declaration.most));
}

std::unexpected<Error> no_level(std::string_view what) {
  return failure(ErrorKind::invalid,
                 fmt::format("{} is none of {}", what, fmt::join(kLevels, ", ")));
}

Expected<void> set_level(log::Level& target, std::string_view name, std::string_view what) {
  const auto* const level = std::ranges::find(kLevels, name);
  if (level == kLevels.end()) return no_level(what);
  target = static_cast<log::Level>(level - kLevels.begin());
  return {};
}

Expected<void> set_text(std::string& target, std::string_view text,
                        const Declaration& declaration) {
  if (declaration.text == Declaration::Text::path && !text.empty() && !text.starts_with('/')) {
    return failure(
        ErrorKind::invalid,
        fmt::format("'{}' does not begin with '/': a path in this file must be whole", text));
  }
  target = text;
  return {};
}

/// Numbers of any width, and seconds.
template <class Target>
Expected<void> set_number(Target& target, std::optional<std::int64_t> number,
                          const Declaration& declaration, std::string_view what) {
  if (!number || *number < declaration.least || *number > declaration.most) {
    return no_number(declaration, what);
  }
  target = static_cast<Target>(*number);
  return {};
}

std::optional<std::int64_t> whole_number(std::string_view word) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (code != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> whole_number(const json::Value& value) {
  if (!value.is_int64()) return std::nullopt;
  return value.get_int64();
}

/// The value as an error quotes it: short.
std::string quoted(const json::Value& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  auto text = json::write(value);
  return text.size() <= limits::kQuotedValue ? text : "that";
}

}  // namespace

std::span<const Declaration> declarations() {
  return kDeclarations;
}

Expected<const Declaration*> find_declaration(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& declaration : kDeclarations) {
    if (declaration.name == name) return &declaration;
    known.emplace_back(declaration.name);
  }
  const auto* const same_key = std::ranges::find(kDeclarations, name, &Declaration::key);
  const auto suggestion = same_key == kDeclarations.end()
                              ? did_you_mean(name, known)
                              : fmt::format(" Did you mean '{}'?", same_key->name);
  return failure(ErrorKind::not_found,
                 fmt::format("there is no setting '{}'.{}", name, suggestion));
}

Expected<void> set(Settings& settings, const Declaration& declaration, std::string_view word) {
  const auto what = fmt::format("'{}'", word);
  return std::visit(
      [&](auto field) -> Expected<void> {
        auto& target = field(settings);
        using Target = std::remove_reference_t<decltype(target)>;
        if constexpr (std::same_as<Target, std::string>) {
          target = word;
          return {};
        } else if constexpr (std::same_as<Target, log::Level>) {
          return set_level(target, word, what);
        } else {
          return set_number(target, whole_number(word), declaration, what);
        }
      },
      declaration.field);
}

Expected<void> set(Settings& settings, const Declaration& declaration, const json::Value& value) {
  const auto what = quoted(value);
  return std::visit(
      [&](auto field) -> Expected<void> {
        auto& target = field(settings);
        using Target = std::remove_reference_t<decltype(target)>;
        if constexpr (std::same_as<Target, std::string>) {
          if (!value.is_string()) {
            return failure(ErrorKind::invalid, fmt::format("{} is not a text in quotes", what));
          }
          return set_text(target, std::string_view(value.get_string()), declaration);
        } else if constexpr (std::same_as<Target, log::Level>) {
          if (!value.is_string()) return no_level(what);
          return set_level(target, std::string_view(value.get_string()), what);
        } else {
          return set_number(target, whole_number(value), declaration, what);
        }
      },
      declaration.field);
}

json::Value value_of(const Settings& settings, const Declaration& declaration) {
  auto copy = settings;
  return std::visit(
      [&](auto field) -> json::Value {
        const auto& value = field(copy);
        using Target = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::same_as<Target, log::Level>) {
          return json::Value(kLevels.at(static_cast<std::size_t>(value)));
        } else if constexpr (std::same_as<Target, std::chrono::seconds>) {
          return json::Value(value.count());
        } else if constexpr (std::same_as<Target, std::string>) {
          return json::Value(value);
        } else {
          return json::Value(std::int64_t{value});
        }
      },
      declaration.field);
}

}  // namespace llf::config
