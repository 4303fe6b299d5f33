#include "gateway/logprobs.hpp"

#include "base/utf8.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace llf::gateway {
namespace {

std::string_view token_of(const json::Object& object) {
  const auto* token = object.if_contains("token");
  return token != nullptr && token->is_string() ? std::string_view(token->get_string()) : "";
}

json::Value logprob_of(const json::Object& object) {
  const auto* logprob = object.if_contains("logprob");
  return logprob == nullptr ? json::Value(nullptr) : *logprob;
}

/// The most probable tokens in the place of one; null where the engine tells none.
json::Value top_of(const json::Object& object) {
  const auto* list = object.if_contains("top_logprobs");
  if (list == nullptr || !list->is_array() || list->get_array().empty()) return nullptr;
  json::Object top;
  for (const auto& item : list->get_array()) {
    // Of two that look alike, bytes that are no character, the more probable one stands first.
    if (const auto* one = item.if_object()) top.emplace(token_of(*one), logprob_of(*one));
  }
  return top;
}

/// What an engine tells with a choice.
json::Object* logprobs_of(json::Object& choice) {
  auto* logprobs = choice.if_contains("logprobs");
  return logprobs == nullptr ? nullptr : logprobs->if_object();
}

json::Object as_lists(const json::Array& content, std::size_t& said) {
  json::Array tokens;
  json::Array logprobs;
  json::Array top;
  json::Array offsets;
  for (const auto& item : content) {
    const auto* one = item.if_object();
    if (one == nullptr) continue;
    const auto token = token_of(*one);
    tokens.emplace_back(token);
    logprobs.push_back(logprob_of(*one));
    top.push_back(top_of(*one));
    offsets.emplace_back(said);
    said += decode_utf8(token).size();
  }
  return {{"tokens", std::move(tokens)},
          {"token_logprobs", std::move(logprobs)},
          {"top_logprobs", std::move(top)},
          {"text_offset", std::move(offsets)}};
}

/// Those of a chat's tokens, of which no others were asked for.
void leave_out_others(json::Array& content) {
  for (auto& item : content) {
    if (auto* one = item.if_object()) (*one)["top_logprobs"] = json::Array();
  }
}

}  // namespace

void LogprobShape::rewrite(json::Object& answer) {
  auto* choices = answer.if_contains("choices");
  if (choices == nullptr || !choices->is_array()) return;
  for (auto& item : choices->get_array()) {
    auto* choice = item.if_object();
    auto* logprobs = choice == nullptr ? nullptr : logprobs_of(*choice);
    auto* content = logprobs == nullptr ? nullptr : logprobs->if_contains("content");
    if (content == nullptr || !content->is_array()) continue;
    if (api_ == Api::chat) {
      if (others_ == OtherTokens::left_out) leave_out_others(content->get_array());
      logprobs->emplace("refusal", nullptr);
    } else {
      const auto index = json::get_int_or(*choice, "index", 0).value_or(0);
      *logprobs = as_lists(content->get_array(), said_[index]);
    }
  }
}

std::string with_logprobs(LogprobShape shape, std::string body) {
  auto value = json::parse(body);
  if (!value || !value->is_object()) return body;
  shape.rewrite(value->get_object());
  return json::write(*value);
}

}  // namespace llf::gateway
