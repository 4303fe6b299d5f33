#include "base/assert.hpp"
#include "json/json.hpp"
#include "json/locate.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace llf::json {
namespace {

using std::string_view_literals::operator""sv;

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

// One long message, as of a file that somebody asks about.
std::string long_message() {
  return write(
      Object{{"model", "m"},
             {"messages", {{{"role", "user"}, {"content", std::string(1'000'000, 'x')}}}}});
}

void locate_in_1_mb(benchmark::State& state) {
  const auto text = long_message();
  for (auto _ : state) benchmark::DoNotOptimize(locate_plain(text, std::array{"messages"sv}));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(locate_in_1_mb);

void parse_1_mb(benchmark::State& state) {
  const auto text = long_message();
  for (auto _ : state) benchmark::DoNotOptimize(parse(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_1_mb);

void write_1_mb(benchmark::State& state) {
  const auto text = long_message();
  const auto value = parse(text);
  LLF_ASSERT(value);
  for (auto _ : state) benchmark::DoNotOptimize(write(*value));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(write_1_mb);

}  // namespace
}  // namespace llf::json
