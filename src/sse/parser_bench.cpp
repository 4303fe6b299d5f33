#include "base/assert.hpp"
#include "sse/parser.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

namespace llf::sse {
namespace {

// Tokens of a streamed answer, in pieces as long as the argument says.
void parse_stream(benchmark::State& state) {
  std::string stream;
  for (int i = 0; i < 200; ++i) {
    stream +=
        "data: {\"choices\":[{\"finish_reason\":null,\"index\":0,\"delta\":{\"content\":"
        "\" token\"}}],\"created\":1767225600,\"id\":\"chatcmpl-1\",\"model\":\"llf-nano\","
        "\"object\":\"chat.completion.chunk\"}\n\n";
  }
  const auto size = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    Parser parser;
    std::size_t events = 0;
    for (std::size_t at = 0; at < stream.size(); at += size) {
      parser.feed(std::string_view(stream).substr(at, size));
      for (auto event = parser.next(); event && *event; event = parser.next()) ++events;
    }
    LLF_ASSERT(events == 200);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
}
BENCHMARK(parse_stream)->Arg(64)->Arg(65536);

}  // namespace
}  // namespace llf::sse
