#include "prompt/legacy.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"
#include "json/locate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace llf::prompt {
namespace {

using Texts = std::vector<std::string>;
using Messages = std::vector<Message>;

/// A key of the predecessor and the member that takes its value; none: it never did anything.
struct LegacyKey {
  std::string_view name;
  std::variant<std::monostate, std::string Template::*, Texts Template::*, Messages Template::*>
      member;
};

constexpr std::array kPromptKeys{
    LegacyKey{"system_prompt", &Template::system},
    LegacyKey{"master_prompt", &Template::master},
    LegacyKey{"prefix_messages", &Template::prefix},
    LegacyKey{"suffix_messages", &Template::suffix},
    LegacyKey{"assistant_prompt", &Template::opening},
    LegacyKey{"conversation_format", {}},
    LegacyKey{"custom_format", {}},
};

constexpr std::array kFactKeys{
    LegacyKey{"description", &Template::description},
    LegacyKey{"category", &Template::category},
    LegacyKey{"tags", &Template::tags},
    LegacyKey{"display_name", {}},
    LegacyKey{"name", {}},
};

Expected<json::Object> read_object(std::string_view text) {
  if (text.size() > limits::kPromptFile.bytes()) {
    return failure(ErrorKind::too_large,
                   fmt::format("a prompt template has at most {}", to_string(limits::kPromptFile)));
  }
  const auto root = json::parse(text, {.comments = true});
  if (!root) return failure(root.error());
  return json::as_object(*root, "it");
}

/// Reads one file.
class LegacyReader {
 public:
  LegacyReader(std::string_view text, Converted& into) : text_(text), into_(into) {}

  Expected<void> read(std::span<const LegacyKey> keys) {
    const auto root = read_object(text_);
    if (!root) return failure(root.error());
    Texts unknown;
    for (const auto& [key, value] : *root) {
      const auto found = std::ranges::find(keys, std::string_view(key), &LegacyKey::name);
      if (found == keys.end()) {
        unknown.push_back(fmt::format("'{}'", std::string_view(key)));
      } else if (!value.is_null()) {
        const auto take_it = [&](auto member) { return take(key, value, member); };
        if (auto done = std::visit(take_it, found->member); !done) return done;
      }
    }
    if (!unknown.empty()) {
      note("{} {} not taken: prompt templates have no such {}", fmt::join(unknown, ", "),
           unknown.size() == 1 ? "was" : "were", unknown.size() == 1 ? "key" : "keys");
    }
    return {};
  }

 private:
  Expected<void> take(std::string_view key, const json::Value& value, std::monostate) {
    const bool is_default = value.is_string() && value.get_string() == "standard";
    if (key.ends_with("_format") && !is_default) {
      note("'{}' was not taken: it never had an effect", key);
    }
    return {};
  }

  Expected<void> take(std::string_view key, const json::Value& value,
                      std::string Template::* member) {
    if (!value.is_string()) return wrong(key, "must be a text");
    into_.content.*member = std::string(value.get_string());
    return {};
  }

  Expected<void> take(std::string_view key, const json::Value& value, Texts Template::* member) {
    if (!value.is_array()) return wrong(key, "must be a list");
    for (const auto& item : value.get_array()) {
      if (!item.is_string()) return wrong(key, "must be a list of texts");
      (into_.content.*member).emplace_back(item.get_string());
    }
    return {};
  }

  Expected<void> take(std::string_view key, const json::Value& value, Messages Template::* member) {
    if (!value.is_array()) return wrong(key, "must be a list");
    std::size_t index = 0;
    for (const auto& item : value.get_array()) {
      if (auto message = read_message(item)) {
        (into_.content.*member).push_back(*std::move(message));
      } else {
        note("'{}[{}]' was not taken: {}", key, index, message.error().message);
      }
      ++index;
    }
    return {};
  }

  static Expected<Message> read_message(const json::Value& value) {
    const auto object = json::as_object(value, "it");
    if (!object) return failure(object.error());
    auto role = json::get_string(*object, "role");
    if (!role) return failure(role.error());
    if (!is_role(*role)) {
      return failure(ErrorKind::invalid,
                     fmt::format("there is no role '{}'",
                                 std::string_view(*role).substr(0, limits::kQuotedValue)));
    }
    auto content = json::get_string(*object, "content");
    if (!content) return failure(content.error());
    return Message{.role = *std::move(role), .content = *std::move(content)};
  }

  template <class... Arguments>
  void note(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    into_.notes.push_back(fmt::format(text, std::forward<Arguments>(arguments)...));
  }

  [[nodiscard]] std::unexpected<Error> wrong(std::string_view key, std::string_view what) const {
    const auto member = json::locate(text_, std::array{key});
    return failure(
        ErrorKind::invalid,
        fmt::format("{}: {}: {}", json::position(text_, member ? member->value : 0), key, what));
  }

  std::string_view text_;
  Converted& into_;
};

}  // namespace

bool is_legacy(std::string_view text) {
  const auto root = read_object(text);
  return root && std::ranges::any_of(
                     kPromptKeys, [&](const LegacyKey& key) { return root->contains(key.name); });
}

Expected<Converted> convert_legacy(std::string_view name, const LegacyFiles& files) {
  Converted converted{.content = {.name = std::string(name)}, .notes = {}};
  if (auto done = LegacyReader(files.prompt, converted).read(kPromptKeys); !done) {
    return failure(done.error());
  }
  if (files.facts.empty()) return converted;
  if (auto done = LegacyReader(files.facts, converted).read(kFactKeys); !done) {
    return failure(done.error().with_context("config.json"));
  }
  return converted;
}

}  // namespace llf::prompt
