#include "gateway/event_writer.hpp"

#include "net/timer.hpp"
#include "sse/writer.hpp"

namespace llf::gateway {

EventWriter::EventWriter(net::Responder& to, Duration ping_after)
    : to_(to), ping_after_(ping_after) {
  free_.set();
}

Task<Expected<void>> EventWriter::begin() {
  while (!free_.is_set()) {
    if (auto waited = co_await free_.wait(); !waited) co_return waited;
  }
  free_.reset();
  co_return Expected<void>();
}

Task<Expected<void>> EventWriter::write(std::string_view events) {
  if (auto begun = co_await begin(); !begun) co_return begun;
  auto written = co_await to_.write(events);
  last_ = mono_now();
  free_.set();
  co_return written;
}

Task<Expected<void>> EventWriter::end() {
  if (auto begun = co_await begin(); !begun) co_return begun;
  co_return co_await to_.end();
}

Task<void> EventWriter::ping() {
  for (;;) {
    const auto silent = mono_now() - last_;
    if (silent < ping_after_) {
      if (!co_await net::sleep_for(ping_after_ - silent)) co_return;
    } else if (!free_.is_set()) {
      last_ = mono_now();  // the client is still taking what was written
    } else if (!co_await write(sse::comment("ping"))) {
      co_return;
    }
  }
}

}  // namespace llf::gateway
