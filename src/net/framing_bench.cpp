#include "base/assert.hpp"
#include "net/framing.hpp"

#include <benchmark/benchmark.h>

namespace llf::net {
namespace {

// What the openai package of npm sends.
constexpr std::string_view kHead =
    "POST /v1/chat/completions HTTP/1.1\r\n"
    "Host: 127.0.0.1:8000\r\n"
    "Connection: keep-alive\r\n"
    "Accept: application/json\r\n"
    "Content-Type: application/json\r\n"
    "User-Agent: OpenAI/JS 4.0.0\r\n"
    "X-Stainless-Lang: js\r\n"
    "X-Stainless-Retry-Count: 0\r\n"
    "Authorization: Bearer any\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Content-Length: 120\r\n"
    "\r\n";

void read_request_head(benchmark::State& state) {
  for (auto _ : state) {
    HeadScanner scanner(HeadScanner::Kind::request);
    const auto end = scanner.scan(kHead);
    LLF_ASSERT(end && *end == kHead.size());
    benchmark::DoNotOptimize(parse_request_head(kHead));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kHead.size()));
}
BENCHMARK(read_request_head);

}  // namespace
}  // namespace llf::net
