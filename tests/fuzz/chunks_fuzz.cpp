// A chunked body cut anywhere gives the same payload, and ends at the same byte.
#include "net/chunk_scanner.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

namespace llf::fuzz {
namespace {

struct Body {
  std::string payload;
  std::size_t consumed = 0;
  bool done = false;
  bool at_boundary = false;
  bool failed = false;

  friend bool operator==(const Body&, const Body&) = default;
};

Body read(std::string_view input, std::size_t size) {
  Body body;
  net::ChunkScanner scanner;
  for_each_piece(input, size, [&](std::string_view piece) {
    while (!piece.empty() && !scanner.done() && !body.failed) {
      const auto step = scanner.next(piece);
      body.failed = !step;
      if (!step) break;
      LLF_ASSERT(step->consumed > 0 && step->consumed <= piece.size());
      LLF_ASSERT(step->payload.size() <= step->consumed);
      body.payload += step->payload;
      body.consumed += step->consumed;
      piece.remove_prefix(step->consumed);
    }
  });
  body.done = scanner.done();
  body.at_boundary = scanner.at_boundary();
  if (body.failed) body.consumed = 0;  // a piece is refused as a whole
  return body;
}

}  // namespace

void check(std::string_view input) {
  const auto whole = read(input, input.size());
  for (const auto size : kPieces) LLF_ASSERT(read(input, size) == whole);
  LLF_ASSERT(whole.payload.size() <= input.size());
}

}  // namespace llf::fuzz
