#include "gateway/rewritten_events.hpp"

#include "sse/writer.hpp"

namespace llf::gateway {

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
    if (value->get_object().contains("error")) {
      return failure(ErrorKind::upstream, "the engine reported an error in its answer");
    }
    if (const auto told = rewrite_(std::move(value->get_object()))) {
      out += sse::event(json::write(*told));
    }
  }
}

}  // namespace llf::gateway
