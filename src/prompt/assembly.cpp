#include "prompt/assembly.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <ranges>
#include <span>
#include <utility>

namespace llf::prompt {
namespace {

constexpr std::string_view kRole = "role";
constexpr std::string_view kContent = "content";
constexpr std::string_view kSystem = "system";
constexpr std::string_view kUser = "user";
constexpr std::string_view kAssistant = "assistant";
constexpr std::string_view kBlankLine = "\n\n";
constexpr std::string_view kBeginWith = "Begin your answer with exactly these words: ";

/// Members of a message that must not be joined with another.
constexpr std::array<std::string_view, 3> kSingular{"name", "tool_calls", "function_call"};

std::string_view role_of(const json::Object& message) {
  return message.at(kRole).get_string();
}

bool is_system(const json::Object& message) {
  return role_of(message) == kSystem || role_of(message) == "developer";
}

bool is_content(const json::Value& value) {
  return value.is_string() || value.is_array();
}

/// Whether the message has something there that means anything.
bool has(const json::Object& message, std::string_view key) {
  const auto* value = message.if_contains(key);
  return value != nullptr && !value->is_null() &&
         !(value->is_array() && value->get_array().empty());
}

/// Whether it may be joined with a neighbour of its role.
bool is_plain(const json::Object& message) {
  const auto* content = message.if_contains(kContent);
  return (role_of(message) == kUser || role_of(message) == kAssistant) && content != nullptr &&
         is_content(*content) &&
         std::ranges::none_of(kSingular, [&](auto key) { return has(message, key); });
}

json::Array as_parts(json::Value content) {
  if (content.is_array()) return std::move(content.get_array());
  if (content.get_string().empty()) return {};
  return {json::Object{{"type", "text"}, {"text", std::move(content)}}};
}

/// Adds `more` behind `content`; both are texts or lists of parts.
void append(json::Value& content, json::Value more) {
  if (content.is_string() && more.is_string()) {
    auto& text = content.get_string();
    if (!text.empty() && !more.get_string().empty()) text.append(kBlankLine);
    text.append(more.get_string());
    return;
  }
  if (content.is_string()) content = as_parts(std::move(content));
  auto& parts = content.get_array();
  for (auto& part : as_parts(std::move(more))) parts.push_back(std::move(part));
}

json::Object as_message(std::string_view role, std::string_view content) {
  return {{kRole, role}, {kContent, content}};
}

/// Gathers messages in the order in which the model gets them.
class Gathering {
 public:
  void add_system(json::Object message) {
    auto* content = message.if_contains(kContent);
    if (content == nullptr || !has(message, kContent)) return;
    if (content->is_string() && content->get_string().empty()) return;
    if (system_) {
      append(system_->at(kContent), std::move(*content));
      keep_others(*system_, message);
    } else {
      message[kRole] = kSystem;
      system_ = std::move(message);
    }
  }

  void add(json::Object message) {
    if (!messages_.empty() && is_plain(message)) {
      auto& last = messages_.back().get_object();
      if (is_plain(last) && role_of(last) == role_of(message)) {
        append(last.at(kContent), std::move(message.at(kContent)));
        keep_others(last, message);
        return;
      }
    }
    messages_.emplace_back(std::move(message));
  }

  /// What the template has around the user's newest message. Its system messages go to the first.
  void add(std::span<const Message> messages) {
    for (const auto& message : messages) {
      if (message.content.empty()) continue;
      auto object = as_message(message.role, message.content);
      if (message.role == kSystem) {
        add_system(std::move(object));
      } else {
        add(std::move(object));
      }
    }
  }

  [[nodiscard]] json::Array take() {
    if (system_) messages_.insert(messages_.begin(), *std::move(system_));
    return std::move(messages_);
  }

 private:
  static void keep_others(json::Object& message, const json::Object& joined) {
    for (const auto& [key, value] : joined) {
      if (!message.contains(key)) message.emplace(key, value);
    }
  }

  std::optional<json::Object> system_;
  json::Array messages_;
};

/// Where the messages of the assistant begin with which a suffix ends.
auto end_of_suffix(const Template& filled) {
  const auto is_others = [](const Message& message) {
    return message.role != kAssistant && !message.content.empty();
  };
  return std::ranges::find_if(filled.suffix | std::views::reverse, is_others).base();
}

Expected<void> check(const json::Array& messages) {
  std::size_t index = 0;
  for (const auto& message : messages) {
    const auto* object = message.if_object();
    const auto* role = object == nullptr ? nullptr : object->if_contains(kRole);
    if (role == nullptr || !role->is_string()) {
      return failure(ErrorKind::invalid,
                     fmt::format("messages[{}] must be an object with a 'role'", index));
    }
    if (is_system(*object) && has(*object, kContent) && !is_content(object->at(kContent))) {
      return failure(ErrorKind::invalid,
                     fmt::format("messages[{}].content must be a text or a list of parts", index));
    }
    ++index;
  }
  return {};
}

}  // namespace

std::string beginning_of_answer(const Template& filled) {
  json::Value text = "";
  for (const auto& message : std::ranges::subrange(end_of_suffix(filled), filled.suffix.end())) {
    append(text, json::Value(message.content));
  }
  append(text, json::Value(filled.opening));
  return std::string(text.get_string());
}

Expected<json::Array> assemble(const Template& filled, json::Array messages, Opening opening) {
  if (auto checked = check(messages); !checked) return failure(checked.error());
  Gathering gathering;
  gathering.add_system(as_message(kSystem, filled.system));
  gathering.add_system(as_message(kSystem, filled.master));
  std::vector<json::Object*> turns;  // of the conversation
  for (auto& message : messages) {
    if (is_system(message.get_object())) {
      gathering.add_system(std::move(message.get_object()));
    } else {
      turns.push_back(&message.get_object());
    }
  }
  for (const auto& example : filled.examples) {
    gathering.add(as_message(kUser, example.user));
    gathering.add(as_message(kAssistant, example.assistant));
  }
  const auto is_users = [](const json::Object* turn) { return role_of(*turn) == kUser; };
  const auto newest = std::ranges::find_if(turns | std::views::reverse, is_users).base();
  const bool ends_with_users = newest == turns.end() && !turns.empty();
  for (auto turn = turns.begin(); turn != turns.end(); ++turn) {
    const bool is_newest = turn + 1 == newest;
    if (is_newest) gathering.add(filled.prefix);
    gathering.add(std::move(**turn));
    if (!is_newest) continue;
    const auto end = ends_with_users ? end_of_suffix(filled) : filled.suffix.end();
    gathering.add(std::span(filled.suffix.begin(), end));
  }
  const auto beginning = ends_with_users ? beginning_of_answer(filled) : std::string();
  if (!beginning.empty()) {
    gathering.add(opening == Opening::prefill
                      ? as_message(kAssistant, beginning)
                      : as_message(kUser, fmt::format("{}{}", kBeginWith, beginning)));
  }
  return gathering.take();
}

}  // namespace llf::prompt
