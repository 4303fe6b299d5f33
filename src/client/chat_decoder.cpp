#include "client/chat_decoder.hpp"

#include "client/answers.hpp"
#include "json/json.hpp"

namespace llf::client {
namespace {

std::unexpected<Error> not_understood(std::string_view why) {
  return failure(ErrorKind::upstream,
                 std::string("an event of the answer cannot be understood: ").append(why));
}

/// The string `key`, or nothing: engines send null, and leave out, what they do not have.
std::string text_of(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<Usage> usage_of(const json::Object& object) {
  const auto* value = object.if_contains("usage");
  const auto* usage = value == nullptr ? nullptr : value->if_object();
  if (usage == nullptr) return std::nullopt;
  return Usage{.prompt_tokens = json::get_int_or(*usage, "prompt_tokens", 0).value_or(0),
               .completion_tokens = json::get_int_or(*usage, "completion_tokens", 0).value_or(0)};
}

const json::Object* first_choice(const json::Object& object) {
  const auto* value = object.if_contains("choices");
  const auto* choices = value == nullptr ? nullptr : value->if_array();
  return choices == nullptr || choices->empty() ? nullptr : choices->front().if_object();
}

}  // namespace

Expected<ChatDelta> ChatDecoder::take(const sse::Event& event) {
  if (done_) return ChatDelta{};
  if (event.data == "[DONE]") {
    done_ = true;
    return ChatDelta{};
  }
  const auto value = json::parse(event.data);
  if (!value) return not_understood(value.error().message);
  const auto* object = value->if_object();
  if (object == nullptr) return not_understood("it is no JSON object");
  if (const auto* error = object->if_contains("error"); error != nullptr && !error->is_null()) {
    return failure(read_error_object(*error));
  }
  if (auto model = text_of(*object, "model"); !model.empty()) end_.model = std::move(model);
  if (auto usage = usage_of(*object)) end_.usage = usage;
  ChatDelta out;
  const auto* choice = first_choice(*object);
  if (choice == nullptr) return out;
  if (auto reason = text_of(*choice, "finish_reason"); !reason.empty()) {
    end_.finish_reason = std::move(reason);
  }
  const auto* delta = choice->if_contains("delta");
  if (delta != nullptr && delta->is_object()) {
    out.content = text_of(delta->get_object(), "content");
    out.reasoning = text_of(delta->get_object(), "reasoning_content");
  }
  return out;
}

Expected<ChatEnd> ChatDecoder::finish() const {
  if (done_) return end_;
  return failure(ErrorKind::upstream, "the answer was cut off before its end");
}

}  // namespace llf::client
