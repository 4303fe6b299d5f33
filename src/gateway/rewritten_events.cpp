#include "gateway/rewritten_events.hpp"

#include "sse/writer.hpp"

#include <fmt/format.h>

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

Expected<std::string> RewrittenEvents::feed(std::string_view bytes) {
  parser_.feed(bytes);
  std::string out;
  for (;;) {
    const auto event = parser_.next();
    if (!event) return failure(ErrorKind::upstream, event.error().message);
    if (!*event) return out;
    if ((*event)->data == "[DONE]") {
      done_ = true;
      out += sse::event((*event)->data);
      continue;
    }
    auto value = json::parse((*event)->data);
    if (!value || !value->is_object()) {
      return failure(ErrorKind::upstream, "the engine sent an event that is none of a completion");
    }
    if (auto error = error_in(value->get_object())) {
      return failure(ErrorKind::upstream, *std::move(error));
    }
    if (const auto told = rewrite_(std::move(value->get_object()))) {
      out += sse::event(json::write(*told));
    }
  }
}

}  // namespace llf::gateway
