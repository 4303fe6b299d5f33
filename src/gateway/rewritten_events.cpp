#include "gateway/rewritten_events.hpp"

#include "sse/writer.hpp"

#include <fmt/format.h>

#include <utility>

namespace llf::gateway {
namespace {

/// What an event tells in place of a part of the answer.
std::optional<std::string> error_in(const json::Object& event) {
  const auto* error = event.if_contains("error");
  if (error == nullptr || error->is_null()) return std::nullopt;
  const auto* object = error->if_object();
  const auto words =
      object == nullptr ? "" : json::get_string_or(*object, "message", "").value_or("");
  return fmt::format("an error was reported in the middle of the answer{}{}",
                     words.empty() ? "" : ": ", words);
}

}  // namespace

std::optional<json::Object> RewrittenEvents::rewritten(json::Object event) {
  std::optional<json::Object> told = std::move(event);
  for (const auto& rewrite : rewrites_) {
    told = rewrite(*std::move(told));
    if (!told) break;
  }
  return told;
}

Expected<std::string> RewrittenEvents::feed(std::string_view bytes) {
  parser_.feed(bytes);
  std::string out;
  for (;;) {
    const auto event = parser_.next();
    if (!event) return failure(ErrorKind::upstream, event.error().message);
    if (!*event) return out;
    if ((*event)->data == "[DONE]") {
      done_ = true;
      const auto last = last_ ? last_() : std::nullopt;
      if (last) out += sse::event(json::write(*last));
      out += sse::event((*event)->data);
      continue;
    }
    auto value = json::parse((*event)->data);
    if (value && value->is_null()) continue;
    if (!value || !value->is_object()) {
      return failure(ErrorKind::upstream, "the engine sent an event that is none of a completion");
    }
    if (auto error = error_in(value->get_object())) {
      return failure(ErrorKind::upstream, *std::move(error));
    }
    if (const auto told = rewritten(std::move(value->get_object()))) {
      out += sse::event(json::write(*told));
    }
  }
}

}  // namespace llf::gateway
