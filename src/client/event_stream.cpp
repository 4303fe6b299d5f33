#include "client/event_stream.hpp"

namespace llf::client {

Task<Expected<std::optional<sse::Event>>> EventStream::next() {
  while (true) {
    auto event = parser_.next();
    if (!event || *event || ended_) co_return std::move(event);
    auto bytes = co_await response_.read_some();
    if (!bytes) co_return failure(bytes.error());
    if (bytes->empty()) {
      ended_ = true;
      if (parser_.in_event()) {
        co_return failure(ErrorKind::upstream, "the answer ended in the middle of an event");
      }
    }
    parser_.feed(*bytes);
  }
}

}  // namespace llf::client
