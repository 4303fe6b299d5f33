#include "config/arguments.hpp"

#include "base/limits.hpp"
#include "config/quoted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace llf::config {
namespace {

/// A flag that is ours to set, and what to use instead; empty: nothing.
struct Reserved {
  std::string_view name;
  std::string_view instead;
};

constexpr std::string_view kModel = "the model of a request or profile";
constexpr std::string_view kContext = "'context' of the engine or profile";
constexpr std::string_view kSlots = "'slots' of the engine or profile";
constexpr std::string_view kAddress = "server.host and server.port";
constexpr std::string_view kNoToken = "a model's file: to run one no token is needed";
constexpr std::string_view kKey = "server.api_key";

constexpr std::array kReserved{
    Reserved{"model", kModel},
    Reserved{"m", kModel},
    Reserved{"alias", kModel},
    Reserved{"a", kModel},
    Reserved{"hf-repo", kModel},
    Reserved{"hf", kModel},
    Reserved{"model-url", kModel},
    Reserved{"mu", kModel},
    Reserved{"models-dir", kModel},
    Reserved{"models-preset", kModel},
    Reserved{"host", kAddress},
    Reserved{"port", kAddress},
    Reserved{"api-key", kKey},
    Reserved{"api-key-file", kKey},
    Reserved{"ctx-size", kContext},
    Reserved{"c", kContext},
    Reserved{"parallel", kSlots},
    Reserved{"np", kSlots},
    Reserved{"hf-token", kNoToken},
    Reserved{"hft", kNoToken},
    Reserved{"hf-file", kModel},
    Reserved{"hff", kModel},
    Reserved{"docker-repo", kModel},
    Reserved{"dr", kModel},
    Reserved{"api-prefix", ""},
    Reserved{"ssl-key-file", ""},
    Reserved{"ssl-cert-file", ""},
    Reserved{"log-disable", ""},
    Reserved{"log-file", ""},
    Reserved{"log-verbosity", ""},
    Reserved{"verbosity", ""},
    Reserved{"lv", ""},
    Reserved{"verbose", ""},
    Reserved{"v", ""},
    Reserved{"log-verbose", ""},
    Reserved{"h", ""},
    Reserved{"usage", ""},
    Reserved{"list-devices", ""},
    Reserved{"sse-ping-interval", ""},
    Reserved{"help", ""},
    Reserved{"version", ""},
};

bool is_flag_name(std::string_view name) {
  return !name.empty() && !name.starts_with('-') && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string in_quotes(std::string_view name) {
  return quoted(fmt::format("'{}'", name));
}

/// Whether a command line can have it: a number, or a text without the NUL that ends one there.
bool is_word(const json::Value& value) {
  return value.is_number() ||
         (value.is_string() && !std::string_view(value.get_string()).contains('\0'));
}

std::string word(const json::Value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_double()) return fmt::format("{}", value.get_double());
  return json::write(value);
}

bool is_argument(const json::Value& value) {
  if (value.is_array()) return std::ranges::all_of(value.get_array(), is_word);
  return value.is_bool() || is_word(value);
}

Expected<void> check_name(std::string_view name) {
  if (!is_flag_name(name)) {
    const auto bare = name.substr(std::min(name.find_first_not_of('-'), name.size()));
    return failure(
        ErrorKind::invalid,
        fmt::format("{} is no name of a flag: write it without dashes in front, in "
                    "small letters{}",
                    in_quotes(name), is_flag_name(bare) ? fmt::format(": '{}'", bare) : ""));
  }
  const auto* const reserved = std::ranges::find(kReserved, name, &Reserved::name);
  if (reserved == kReserved.end()) return {};
  return failure(ErrorKind::invalid,
                 fmt::format("llf sets --{} itself{}{}", name,
                             reserved->instead.empty() ? "" : "; use ", reserved->instead));
}

void append(std::vector<EngineArgument>& arguments, std::string_view flag,
            const json::Value& value) {
  if (value.is_bool()) {
    if (value.get_bool()) arguments.push_back({.flag = std::string(flag), .value = std::nullopt});
    return;
  }
  const auto add = [&](const json::Value& one) {
    arguments.push_back({.flag = std::string(flag), .value = word(one)});
  };
  if (value.is_array()) {
    for (const auto& one : value.get_array()) add(one);
  } else {
    add(value);
  }
}

}  // namespace

Expected<void> check_arguments(const json::Object& arguments) {
  if (arguments.size() > limits::kMostArguments) {
    return failure(ErrorKind::invalid,
                   fmt::format("there are more than {} arguments", limits::kMostArguments));
  }
  for (const auto& [name, value] : arguments) {
    if (auto checked = check_name(name); !checked) return checked;
    if (!is_argument(value)) {
      return failure(ErrorKind::invalid,
                     fmt::format("{} is neither true, false, a text, a number nor a list of "
                                 "texts and numbers",
                                 in_quotes(name)));
    }
  }
  return {};
}

std::vector<EngineArgument> engine_arguments(const json::Object& first,
                                             const json::Object& second) {
  std::vector<EngineArgument> arguments;
  for (const auto& [flag, value] : first) {
    if (!second.contains(flag)) append(arguments, flag, value);
  }
  for (const auto& [flag, value] : second) append(arguments, flag, value);
  return arguments;
}

Expected<void> check_texts(const json::Object& texts) {
  for (const auto& [name, value] : texts) {
    if (!value.is_string()) {
      return failure(ErrorKind::invalid,
                     fmt::format("the value of {} is not a text in quotes", in_quotes(name)));
    }
  }
  return {};
}

}  // namespace llf::config
