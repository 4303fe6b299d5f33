#include "gateway/streamed_text.hpp"

#include "base/limits.hpp"

#include <utility>

namespace llf::gateway {
namespace {

constexpr std::string_view kEventEnd = "\n\n";
constexpr std::string_view kData = "data: ";

/// What llama-server's ordinary events have before and behind their text.
struct Frame {
  std::string_view before;
  std::string_view behind;
};

constexpr Frame kChatFrame{
    R"(data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":")",
    R"("}}],"created":)"};
constexpr Frame kCompletionFrame{
    R"(data: {"choices":[{"text":")",
    R"(","index":0,"logprobs":null,"finish_reason":null}],"created":)"};

/// The bytes of a JSON string until the quotation mark that ends it; npos when none does.
std::size_t string_end(std::string_view text) {
  for (auto at = text.find_first_of("\"\\"); at != std::string_view::npos;
       at = text.find_first_of("\"\\", at)) {
    if (text[at] == '"') return at;
    at += 2;
  }
  return std::string_view::npos;
}

bool is_absent(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr || value->is_null();
}

}  // namespace

void StreamedText::give_up() {
  state_ = State::other;
  pending_ = {};
  escaped_ = {};
}

void StreamedText::feed(std::string_view bytes) {
  if (state_ == State::other) return;
  if (!pending_.empty()) {
    pending_ += bytes;
    bytes = pending_;
  }
  for (auto end = bytes.find(kEventEnd); end != std::string_view::npos;
       end = bytes.find(kEventEnd)) {
    take_event(bytes.substr(0, end));
    if (state_ == State::other) return;
    bytes.remove_prefix(end + kEventEnd.size());
  }
  if (bytes.size() > limits::kUnfinishedEvent.bytes()) {
    give_up();
    return;
  }
  pending_ = std::string(bytes);
}

void StreamedText::take_event(std::string_view event) {
  if (event.empty() || event.starts_with(':') || take_ordinary(event)) return;
  if (event == "data: [DONE]") {
    state_ = State::finished;
    return;
  }
  const bool is_data = event.starts_with(kData) && !event.contains('\n');
  auto value = is_data ? json::parse(event.substr(kData.size())) : json::Value();
  if (!value || !value->is_object()) {
    give_up();
    return;
  }
  take_object(std::move(value->get_object()));
}

bool StreamedText::take_ordinary(std::string_view event) {
  const auto& frame = api_ == Api::chat ? kChatFrame : kCompletionFrame;
  if (head_.empty() || !event.starts_with(frame.before)) return false;
  event.remove_prefix(frame.before.size());
  const auto end = string_end(event);
  if (end == std::string_view::npos || !event.substr(end).starts_with(frame.behind)) return false;
  add_text(event.substr(0, end));
  return true;
}

void StreamedText::take_object(json::Object event) {
  const auto* choices = event.if_contains("choices");
  if (choices == nullptr || !choices->is_array()) {
    give_up();
    return;
  }
  const auto& list = choices->get_array();
  if (list.empty()) {  // what was used: the last but one
    state_ = State::finished;
    return;
  }
  if (list.size() != 1 || !list.front().is_object() || !take_choice(list.front().get_object())) {
    give_up();
    return;
  }
  if (!head_.empty()) return;
  for (const std::string_view key : {"choices", "usage", "timings"}) {
    if (auto* const at = event.find(key); at != event.end()) event.stable_erase(at);
  }
  head_ = std::move(event);
}

bool StreamedText::take_choice(const json::Object& choice) {
  if (json::get_int_or(choice, "index", 0) != 0 || !is_absent(choice, "logprobs")) return false;
  if (!is_absent(choice, "finish_reason")) state_ = State::finished;
  const json::Object* said = &choice;
  std::string_view key = "text";
  if (api_ == Api::chat) {
    const auto* delta = choice.if_contains("delta");
    if (delta == nullptr || !delta->is_object()) return false;
    said = &delta->get_object();
    key = "content";
    for (const auto& [name, value] : *said) {
      if (name != "role" && name != key && !value.is_null()) return false;
    }
  }
  if (is_absent(*said, key)) return true;
  const auto& text = said->at(key);
  if (!text.is_string()) return false;
  const auto quoted = json::write(text);
  if (text.get_string().empty()) return true;
  add_text(std::string_view(quoted).substr(1, quoted.size() - 2));
  return state_ != State::other;
}

void StreamedText::add_text(std::string_view escaped) {
  if (escaped_.size() + escaped.size() > limits::kContinuedText.bytes()) {
    give_up();
    return;
  }
  escaped_ += escaped;
  ++tokens_;
}

bool StreamedText::can_continue() const {
  return state_ == State::open && pending_.empty() && !head_.empty();
}

std::string StreamedText::text() const {
  const auto value = json::parse("\"" + escaped_ + "\"");
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace llf::gateway
