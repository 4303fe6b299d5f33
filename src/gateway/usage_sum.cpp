#include "gateway/usage_sum.hpp"

#include "gateway/members.hpp"

#include <algorithm>
#include <string_view>

namespace llf::gateway {
namespace {

std::int64_t count_in(const json::Object& object, std::string_view key) {
  return json::get_int_or(object, key, 0).value_or(0);
}

std::int64_t cached_in(const json::Object& usage) {
  const auto* details = usage.if_contains("prompt_tokens_details");
  const auto* object = details == nullptr ? nullptr : details->if_object();
  return object == nullptr ? 0 : count_in(*object, "cached_tokens");
}

}  // namespace

std::int64_t index_of_event(const json::Object& event) {
  const auto* choices = event.if_contains("choices");
  const auto* list = choices == nullptr ? nullptr : choices->if_array();
  const auto* choice = list == nullptr || list->empty() ? nullptr : list->front().if_object();
  return choice == nullptr ? 0 : std::max<std::int64_t>(0, count_in(*choice, "index"));
}

void UsageSum::add(std::int64_t index, const json::Object& usage) {
  if (++answers_ == 1) first_ = usage;
  completion_ += count_in(usage, "completion_tokens");
  const auto prompt = api_ == Api::chat ? 0 : index / static_cast<std::int64_t>(choices_);
  prompts_.try_emplace(
      prompt, Prompt{.tokens = count_in(usage, "prompt_tokens"), .cached = cached_in(usage)});
}

json::Object UsageSum::total() const {
  if (answers_ == 1) return first_;
  Prompt all;
  for (const auto& [index, prompt] : prompts_) {
    all.tokens += prompt.tokens;
    all.cached += prompt.cached;
  }
  return {{"completion_tokens", completion_},
          {"prompt_tokens", all.tokens},
          {"total_tokens", completion_ + all.tokens},
          {"prompt_tokens_details", json::Object{{"cached_tokens", all.cached}}}};
}

std::optional<json::Object> UsageShape::rewrite(json::Object event) {
  const auto* told = event.if_contains("usage");
  const auto* usage = told == nullptr ? nullptr : told->if_object();
  if (usage == nullptr) {
    event["usage"] = nullptr;
    return event;
  }
  sum_.add(index_of_event(event), *usage);
  const auto* choices = event.if_contains("choices");
  const auto* list = choices == nullptr ? nullptr : choices->if_array();
  last_ = event;
  if (list == nullptr || list->empty()) return std::nullopt;
  event["usage"] = nullptr;
  remove_member(event, "timings");
  return event;
}

std::optional<json::Object> UsageShape::last() const {
  if (sum_.answers() == 0) return std::nullopt;
  auto event = last_;
  event["choices"] = json::Array();
  event["usage"] = sum_.total();
  if (sum_.answers() > 1) remove_member(event, "timings");  // of one of them
  return event;
}

}  // namespace llf::gateway
