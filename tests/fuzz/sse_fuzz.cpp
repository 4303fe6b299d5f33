// An event stream cut anywhere gives the same events, within the limits.
#include "sse/parser.hpp"
#include "sse/writer.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <vector>

namespace llf::fuzz {
namespace {

// Small enough for inputs to meet them.
constexpr sse::ParserLimits kLimits{.line = ByteSize(64), .event = ByteSize(128)};

struct Stream {
  std::vector<sse::Event> events;
  std::optional<Error> error;
  std::optional<std::chrono::milliseconds> retry;

  friend bool operator==(const Stream&, const Stream&) = default;
};

Stream read(std::string_view input, std::size_t size) {
  Stream stream;
  sse::Parser parser(kLimits);
  for_each_piece(input, size, [&](std::string_view piece) {
    parser.feed(piece);
    auto event = parser.next();
    for (; event && *event; event = parser.next()) stream.events.push_back(std::move(**event));
    if (!event) stream.error = event.error();
  });
  stream.retry = parser.retry();
  return stream;
}

}  // namespace

void check(std::string_view input) {
  const auto whole = read(input, input.size());
  for (const auto size : kPieces) LLF_ASSERT(read(input, size) == whole);
  for (const auto& event : whole.events) {
    LLF_ASSERT(!event.type.empty() && event.data.size() <= kLimits.event.bytes());
    LLF_ASSERT(event.data.find('\r') == std::string::npos);
    sse::Parser again;
    again.feed(sse::event(event.type, event.data));
    const auto sent = again.next();
    LLF_ASSERT(sent && *sent && (*sent)->data == event.data && (*sent)->type == event.type);
  }
}

}  // namespace llf::fuzz
