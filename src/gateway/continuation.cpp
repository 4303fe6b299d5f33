#include "gateway/continuation.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace llf::gateway {
namespace {

std::unexpected<Error> cannot() {
  return failure(ErrorKind::invalid, "this answer cannot be gone on with");
}

Expected<void> begin_message(json::Object& body, const BegunAnswer& begun) {
  auto* messages = body.if_contains("messages");
  if (messages == nullptr || !messages->is_array() || messages->get_array().empty()) {
    return cannot();
  }
  auto& list = messages->get_array();
  auto* last = list.back().if_object();
  if (last == nullptr || json::get_string_or(*last, "role", "") != "assistant") {
    list.push_back(json::Object{{"role", "assistant"}, {"content", begun.text}});
    return {};
  }
  auto* content = last->if_contains("content");
  if (content == nullptr || !content->is_string()) return cannot();
  content->get_string() += begun.text;
  return {};
}

Expected<void> lower_limits(json::Object& body, std::size_t tokens) {
  constexpr std::array<std::string_view, 3> kLimits{"max_tokens", "max_completion_tokens",
                                                    "n_predict"};
  for (const auto name : kLimits) {
    auto* limit = body.if_contains(name);
    if (limit == nullptr || !limit->is_number() || limit->to_number<double>() < 0) continue;
    const auto left = limit->to_number<std::int64_t>() - static_cast<std::int64_t>(tokens);
    if (left <= 0) return cannot();
    *limit = left;
  }
  return {};
}

/// Of a chat: the assistant's message begins.
bool says_nothing(Api api, const json::Object& event) {
  const auto* choices = event.if_contains("choices");
  if (api != Api::chat || choices == nullptr || !choices->is_array()) return false;
  const auto& list = choices->get_array();
  if (list.empty() || !list.front().is_object()) return false;
  const auto* delta = list.front().get_object().if_contains("delta");
  const auto* object = delta == nullptr ? nullptr : delta->if_object();
  const auto* content = object == nullptr ? nullptr : object->if_contains("content");
  return object != nullptr && object->contains("role") &&
         (content == nullptr || content->is_null());
}

void add_tokens(json::Object& usage, std::size_t tokens) {
  const auto count = [&](std::string_view key) {
    return json::get_int_or(usage, key, 0).value_or(0);
  };
  const auto before = static_cast<std::int64_t>(tokens);
  // What had been said was a part of the prompt, this time.
  usage["completion_tokens"] = count("completion_tokens") + before;
  usage["prompt_tokens"] = std::max<std::int64_t>(0, count("prompt_tokens") - before);
  usage["total_tokens"] = count("prompt_tokens") + count("completion_tokens");
}

}  // namespace

Expected<std::string> continued_body(Api api, std::string_view body, const BegunAnswer& begun) {
  auto value = json::parse(body);
  if (!value || !value->is_object()) return cannot();
  auto& object = value->get_object();
  if (api == Api::chat) {
    if (!begun.text.empty()) {
      if (auto added = begin_message(object, begun); !added) return failure(added.error());
    }
  } else {
    auto* prompt = object.if_contains("prompt");
    if (prompt == nullptr || !prompt->is_string()) return cannot();
    prompt->get_string() += begun.text;
  }
  if (auto lowered = lower_limits(object, begun.tokens); !lowered) {
    return failure(lowered.error());
  }
  return json::write(object);
}

RewrittenEvents continued_events(Api api, const BegunAnswer& begun) {
  return RewrittenEvents([api, tokens = begun.tokens,
                          head = begun.head](json::Object event) -> std::optional<json::Object> {
    if (says_nothing(api, event)) return std::nullopt;
    for (const auto& [key, value] : head) event[key] = value;
    if (auto* usage = event.if_contains("usage"); usage != nullptr && usage->is_object()) {
      add_tokens(usage->get_object(), tokens);
    }
    return event;
  });
}

}  // namespace llf::gateway
