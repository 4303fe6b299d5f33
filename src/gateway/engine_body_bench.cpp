#include "base/assert.hpp"
#include "gateway/engine_body.hpp"
#include "json/json.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace llf::gateway {
namespace {

// A conversation of `turns` messages with `length` bytes each.
std::string conversation(std::int64_t turns, std::int64_t length) {
  json::Array messages;
  const std::string text(static_cast<std::size_t>(length), 'x');
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    messages.push_back(
        json::Object{{"role", turn % 2 == 0 ? "user" : "assistant"}, {"content", text}});
  }
  return json::write(json::Object{{"model", "m"}, {"messages", std::move(messages)}});
}

Additions values() {
  Additions additions;
  additions.inference.temperature = 0.7;
  return additions;
}

Additions with_template() {
  auto additions = values();
  additions.prompt =
      prompt::Template{.name = "t", .system = "You are brief.", .master = "Be kind."};
  return additions;
}

void make_body(benchmark::State& state, const Additions& additions) {
  const auto body = conversation(state.range(0), state.range(1));
  for (auto _ : state) {
    const auto request = read_inference_request(Api::chat, body);
    LLF_ASSERT(request);
    benchmark::DoNotOptimize(engine_body(body, *request, additions));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Args({3, 200})->Args({1000, 1000})->Args({10'000, 2000})->Args({1, 20'000'000});
  bench->Unit(benchmark::kMillisecond);
}

void body_with_values(benchmark::State& state) {
  make_body(state, values());
}
BENCHMARK(body_with_values)->Apply(sizes);

void body_with_template(benchmark::State& state) {
  make_body(state, with_template());
}
BENCHMARK(body_with_template)->Apply(sizes);

// The least that looking at all of it can take.
void parse_only(benchmark::State& state) {
  const auto body = conversation(state.range(0), state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(json::parse(body));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(parse_only)->Apply(sizes);

}  // namespace
}  // namespace llf::gateway
