#include "migration/arguments.hpp"

#include "base/number.hpp"
#include "migration/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace llf::migration {
namespace {

/// What becomes of a flag that is no further argument as it is.
struct Flag {
  enum class Use : std::uint8_t { context, slots, on_off, ours };
  std::string_view name;
  Use use = Use::ours;
  std::string_view why = {};  ///< of ours
};

constexpr std::string_view kAddress = "llf chooses where its engine listens";
constexpr std::string_view kModel = "the profile names its model";
constexpr std::string_view kToken = "*** is not copied: the engine downloads nothing for llf";

constexpr std::array kFlags{
    Flag{"ctx-size", Flag::Use::context},      Flag{"c", Flag::Use::context},
    Flag{"parallel", Flag::Use::slots},        Flag{"np", Flag::Use::slots},
    Flag{"flash-attn", Flag::Use::on_off},     Flag{"fa", Flag::Use::on_off},
    Flag{"host", Flag::Use::ours, kAddress},   Flag{"port", Flag::Use::ours, kAddress},
    Flag{"model", Flag::Use::ours, kModel},    Flag{"m", Flag::Use::ours, kModel},
    Flag{"alias", Flag::Use::ours, kModel},    Flag{"a", Flag::Use::ours, kModel},
    Flag{"hf-token", Flag::Use::ours, kToken}, Flag{"hft", Flag::Use::ours, kToken},
};

/// As llama-server has it: "--ctx_size" is "ctx-size".
std::string flag_name(std::string_view key) {
  std::string name(key.substr(std::min(key.find_first_not_of('-'), key.size())));
  std::ranges::replace(name, '_', '-');
  return name;
}

const Flag* find(std::string_view name) {
  const auto* const found = std::ranges::find(kFlags, name, &Flag::name);
  return found == kFlags.end() ? nullptr : found;
}

/// Numbers could be texts: all became words of a command line.
std::optional<std::int64_t> number_of(const json::Value& value) {
  if (value.is_string()) return parse_number<std::int64_t>(std::string_view(value.get_string()));
  const auto* const number = value.if_int64();
  return number == nullptr ? std::nullopt : std::optional(*number);
}

json::Value as_number(const json::Value& value) {
  const auto number = number_of(value);
  return number ? json::Value(*number) : value;
}

/// Reads the parameters of one server.
class Reader {
 public:
  Reader(Draft& draft, std::string_view profile, std::string_view prefix)
      : draft_(draft), profile_(profile), prefix_(prefix) {}

  void read(const json::Object& parameters) {
    parallel_ = parallel_in(parameters);
    for (const auto& [key, value] : parameters) {
      if (is_comment(key)) {
        draft_.skip_comment();
      } else {
        read_flag(flag_name(key),
                  {.key = fmt::format("{}{}", prefix_, std::string_view(key)), .value = value});
      }
    }
  }

 private:
  static std::int64_t parallel_in(const json::Object& parameters) {
    for (const auto& [key, value] : parameters) {
      const auto* const flag = find(flag_name(key));
      if (flag == nullptr || flag->use != Flag::Use::slots) continue;
      return std::max<std::int64_t>(number_of(value).value_or(1), 1);
    }
    return 1;
  }

  void read_flag(std::string_view name, const LegacyMember& member) {
    const auto* const flag = find(name);
    if (flag == nullptr) return read_argument(name, member);
    switch (flag->use) {
      case Flag::Use::context:
        return read_context(member);
      case Flag::Use::slots:
        return draft_.take({.key = member.key,
                            .profile = profile_,
                            .setting = "slots",
                            .value = as_number(member.value)});
      case Flag::Use::on_off:
        return read_on_off(name, member);
      case Flag::Use::ours:
        return draft_.skip(member.key, Outcome::meaningless, flag->why);
    }
  }

  /// The predecessor's number was for all slots together.
  void read_context(const LegacyMember& member) {
    const auto all = number_of(member.value);
    if (all == 0) {
      return draft_.skip(member.key, Outcome::meaningless,
                         "0 was the model's own size; llf chooses by the model");
    }
    const bool is_shared = all && parallel_ > 1;
    draft_.take({.key = member.key,
                 .profile = profile_,
                 .setting = "context",
                 .value = is_shared ? json::Value(*all / parallel_) : as_number(member.value),
                 .why = is_shared ? "it is for one conversation now: divided by 'parallel'" : ""});
  }

  void read_on_off(std::string_view name, const LegacyMember& member) {
    if (!member.value.is_bool()) return read_argument(name, member);
    draft_.take_argument({.key = member.key,
                          .profile = profile_,
                          .setting = name,
                          .value = member.value.get_bool() ? "on" : "off",
                          .why = "llama-server takes on, off or auto"});
  }

  void read_argument(std::string_view name, const LegacyMember& member) {
    if (member.value.is_bool() && !member.value.get_bool()) {
      return draft_.skip(member.key, Outcome::meaningless, "false: the flag is left out");
    }
    const bool is_bare = is_empty(member.value);
    draft_.take_argument({.key = member.key,
                          .profile = profile_,
                          .setting = name,
                          .value = is_bare ? json::Value(true) : member.value,
                          .why = is_bare ? "it is the flag alone" : ""});
  }

  Draft& draft_;
  std::string_view profile_;
  std::string_view prefix_;
  std::int64_t parallel_ = 1;
};

}  // namespace

void read_arguments(Draft& draft, std::string_view profile, std::string_view prefix,
                    const json::Object& parameters) {
  Reader(draft, profile, prefix).read(parameters);
}

}  // namespace llf::migration
