#include "gateway/gathered_answer.hpp"

#include "base/limits.hpp"
#include "gateway/members.hpp"
#include "gateway/word_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace llf::gateway {
namespace {

/// Texts that come in pieces; every other value comes whole.
constexpr std::array<std::string_view, 5> kPieces{"content", "reasoning_content", "reasoning",
                                                  "refusal", "arguments"};

json::Object& object_at(json::Object& object, std::string_view key) {
  auto& value = object[key];
  if (!value.is_object()) value = json::Object();
  return value.get_object();
}

json::Array& array_at(json::Object& object, std::string_view key) {
  auto& value = object[key];
  if (!value.is_array()) value = json::Array();
  return value.get_array();
}

void merge(json::Object& whole, const json::Object& delta);

/// Calls of tools come in pieces, too, each with the number of its call.
void merge_calls(json::Array& calls, const json::Array& pieces) {
  for (const auto& piece : pieces) {
    const auto* object = piece.if_object();
    if (object == nullptr) continue;
    const auto index = json::get_int_or(*object, "index", 0).value_or(0);
    const auto known = std::ranges::find_if(calls, [&](const json::Value& call) {
      return json::get_int_or(call.get_object(), "index", 0) == index;
    });
    auto& call = known == calls.end() ? calls.emplace_back(json::Object{{"index", index}}) : *known;
    merge(call.get_object(), *object);
  }
}

void merge(json::Object& whole, const json::Object& delta) {
  for (const auto& [key, value] : delta) {
    if (value.is_null()) {
      whole.emplace(key, nullptr);
    } else if (const auto* calls = value.if_array(); calls != nullptr && key == "tool_calls") {
      merge_calls(array_at(whole, key), *calls);
    } else if (const auto* object = value.if_object()) {
      merge(object_at(whole, key), *object);
    } else if (value.is_string() && is_one_of(kPieces, key)) {
      auto& text = whole[key];
      if (!text.is_string()) text = "";
      text.get_string() += value.get_string();
    } else {
      whole[key] = value;
    }
  }
}

/// The message of a chat as an answer has it.
void finish_message(json::Object& message) {
  auto* calls = message.if_contains("tool_calls");
  if (calls == nullptr || !calls->is_array()) {
    if (auto& content = message["content"]; content.is_null()) content = "";
    return;
  }
  for (auto& call : calls->get_array()) remove_member(call.get_object(), "index");
}

}  // namespace

Expected<void> GatheredAnswer::feed(std::string_view bytes) {
  parser_.feed(bytes);
  for (;;) {
    const auto event = parser_.next();
    if (!event) return failure(ErrorKind::upstream, event.error().message);
    if (!*event) return {};
    if ((*event)->data == "[DONE]") {
      done_ = true;
      continue;
    }
    auto value = json::parse((*event)->data);
    if (value && value->is_null()) continue;
    if (!value || !value->is_object()) {
      return failure(ErrorKind::upstream, "the engine sent an event that is none of a completion");
    }
    if (auto taken = take(std::move(value->get_object())); !taken) return taken;
  }
}

Expected<void> GatheredAnswer::take(json::Object event) {
  if (const auto* error = event.if_contains("error")) {
    constexpr int kServerError = 500;
    const auto* fields = error->if_object();
    const auto code = fields == nullptr
                          ? kServerError
                          : json::get_int_or(*fields, "code", kServerError).value_or(kServerError);
    const bool is_status = code >= 400 && code < 600;
    if (!refusal_) {
      refusal_ = {.status = is_status ? static_cast<int>(code) : kServerError,
                  .body = json::write(event)};
    }
    return {};
  }
  if (const auto* usage = event.if_contains("usage"); usage != nullptr && usage->is_object()) {
    sum_.add(index_of_event(event), usage->get_object());
    if (const auto* timings = event.if_contains("timings"); timings_.is_null() && timings) {
      timings_ = *timings;
    }
  }
  if (const auto* list = event.if_contains("choices"); list != nullptr && list->is_array()) {
    for (const auto& choice : list->get_array()) {
      if (choice.is_object()) take_choice(choice.get_object());
    }
  }
  if (size_ > limits::kEngineAnswer.bytes()) {
    return failure(ErrorKind::upstream,
                   fmt::format("the answer is longer than {}", to_string(limits::kEngineAnswer)));
  }
  if (!head_.empty()) return {};
  for (const std::string_view key : {"choices", "usage", "timings"}) remove_member(event, key);
  head_ = std::move(event);
  return {};
}

void GatheredAnswer::take_choice(const json::Object& choice) {
  const auto index = json::get_int_or(choice, "index", 0).value_or(0);
  auto& whole = choices_[index];
  for (const auto& [key, value] : choice) {
    if (const auto* delta = value.if_object(); delta != nullptr && key == "delta") {
      size_ += json::write(value).size();
      merge(object_at(whole, "message"), *delta);
    } else if (value.is_string() && key == "text") {
      size_ += value.get_string().size();
      auto& text = whole[key];
      if (!text.is_string()) text = "";
      text.get_string() += value.get_string();
    } else if (const auto* logprobs = value.if_object(); logprobs != nullptr && key == "logprobs") {
      size_ += json::write(value).size();
      const auto* content = logprobs->if_contains("content");
      if (content == nullptr || !content->is_array()) continue;
      auto& places = array_at(object_at(whole, key), "content");
      places.insert(places.end(), content->get_array().begin(), content->get_array().end());
    } else if (!value.is_null() || !whole.contains(key)) {
      whole[key] = value;
    }
  }
}

Expected<Gathered> GatheredAnswer::whole() {
  if (refusal_) return *std::move(refusal_);
  if (!done_) return failure(ErrorKind::upstream, "the answer ended before its last event");
  json::Array choices;
  for (auto& [index, choice] : choices_) {
    if (api_ == Api::chat) finish_message(object_at(choice, "message"));
    choices.emplace_back(std::move(choice));
  }
  json::Object answer{{"choices", std::move(choices)}};
  for (auto& [key, value] : head_) answer[key] = std::move(value);
  if (api_ == Api::chat) answer["object"] = "chat.completion";
  if (sum_.answers() > 0) answer["usage"] = sum_.total();
  if (!timings_.is_null()) answer["timings"] = std::move(timings_);
  return Gathered{.body = json::write(answer)};
}

Task<Expected<Gathered>> gather_answer(net::ClientResponse& response,
                                       const InferenceRequest& request,
                                       std::function<void()> on_part) {
  constexpr int kOk = 200;
  const auto type = response.headers().get("content-type").value_or("");
  if (response.status() != kOk || !type.starts_with("text/event-stream")) {
    auto body = co_await response.read_all(limits::kEngineAnswer);
    if (!body) co_return failure(body.error());
    co_return Gathered{.status = response.status(), .body = *std::move(body)};
  }
  GatheredAnswer gathered(request);
  for (;;) {
    const auto part = co_await response.read_some();
    if (!part) co_return failure(part.error());
    on_part();
    if (part->empty()) co_return gathered.whole();
    if (auto taken = gathered.feed(*part); !taken) co_return failure(taken.error());
  }
}

}  // namespace llf::gateway
