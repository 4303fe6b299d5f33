#include "base/assert.hpp"
#include "json/json.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace llf::json {
namespace {

// A chat request of about 10 KB.
std::string conversation() {
  Array messages;
  for (int turn = 0; turn < 40; ++turn) {
    messages.push_back(
        Object{{"role", turn % 2 == 0 ? "user" : "assistant"},
               {"content",
                "A turn of a conversation of some length, with \"quotes\", a line\nend, € and "
                "🙂, and then as many words as it takes to make two hundred and fifty bytes "
                "of JSON with its role: that is how long people's messages are."}});
  }
  return write(Object{{"model", "llf-nano"}, {"temperature", 0.7}, {"messages", messages}});
}

void parse_10_kb(benchmark::State& state) {
  const auto text = conversation();
  for (auto _ : state) benchmark::DoNotOptimize(parse(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_10_kb);

void write_10_kb(benchmark::State& state) {
  const auto text = conversation();
  const auto value = parse(text);
  LLF_ASSERT(value);
  for (auto _ : state) benchmark::DoNotOptimize(write(*value));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(write_10_kb);

}  // namespace
}  // namespace llf::json
