#include "cli/follow_work.hpp"

#include "cli/json_view.hpp"

#include <utility>

namespace llf::cli {
namespace {

text::Progress work_progress(const std::string& label, const json::Object& told) {
  const auto done = number_in(told, "done_bytes");
  const auto size = number_in(told, "size_bytes");
  text::Progress progress{.label = label, .fraction = {}, .detail = bytes_text(done)};
  if (size > 0) progress.fraction = static_cast<double>(done) / static_cast<double>(size);
  return progress;
}

Error told_error(const json::Object& error) {
  return {.kind = error_kind_from_name(text_in(error, "code")),
          .message = text_in(error, "message")};
}

}  // namespace

Task<Expected<std::vector<json::Object>>> follow_work(client::EventStream stream, std::string label,
                                                      ProgressDisplay& display) {
  const auto cut_short = failure(ErrorKind::upstream, "llfd ended in the middle of it");
  std::vector<json::Object> events;
  for (;;) {
    const auto event = co_await stream.next();
    if (!event && event.error().kind == ErrorKind::upstream) co_return cut_short;
    if (!event) co_return failure(event.error());
    if (!*event) break;
    auto value = json::parse((*event)->data);
    auto* object = value ? value->if_object() : nullptr;
    if (object == nullptr) continue;
    if (const auto error = object_in(*object, "error"); !error.empty()) {
      co_return failure(told_error(error));
    }
    if (object->contains("done_bytes")) {
      display.draw(work_progress(label, *object));
    } else {
      events.push_back(std::move(*object));
    }
  }
  if (events.empty()) co_return cut_short;
  co_return events;
}

}  // namespace llf::cli
