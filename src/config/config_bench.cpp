#include "base/assert.hpp"
#include "config/config.hpp"
#include "config/place.hpp"
#include "config/save.hpp"
#include "json/json.hpp"
#include "os/atomic_file.hpp"
#include "os/test_folder.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace llf::config {
namespace {

// What somebody with many profiles has: about 10 KB.
std::string long_file() {
  std::string text =
      "{\n"
      "  \"server\": {\"port\": 8080, \"idle_exit\": 3600},\n"
      "  \"models\": {\"default\": \"coder-0\", \"keep_alive\": 600},  // ten minutes\n"
      "  \"inference\": {\"temperature\": 0.7, \"top_p\": 0.95},\n"
      "  \"profiles\": {\n";
  for (int number = 0; number < 44; ++number) {
    text += fmt::format(
        "    // Long answers, and little that surprises.\n"
        "    \"coder-{}\": {{\"model\": \"qwen2.5-coder-7b-instruct\", \"prompt\": \"coder\", "
        "\"context\": {},\n"
        "      \"inference\": {{\"temperature\": 0.2, \"max_tokens\": 4096}}, "
        "\"arguments\": {{\"flash-attn\": \"on\"}}}},\n",
        number, 4096 + number);
  }
  return text + "  },\n}\n";
}

std::optional<std::string> no_variable(std::string_view) {
  return std::nullopt;
}

std::filesystem::path written(const os::TestFolder& folder, std::string_view text) {
  auto path = folder.path() / "config.json";
  LLF_ASSERT(os::write_user_file(path, text));
  return path;
}

// The least that loading can take.
void parse_10_kb(benchmark::State& state) {
  const auto text = long_file();
  for (auto _ : state) benchmark::DoNotOptimize(json::parse(text, {.comments = true}));
}
BENCHMARK(parse_10_kb)->Unit(benchmark::kMillisecond);

void load_10_kb(benchmark::State& state) {
  const os::TestFolder folder;
  const auto text = long_file();
  const auto path = written(folder, text);
  for (auto _ : state) {
    auto file = read_settings_file(path);
    LLF_ASSERT(file && *file);
    const auto config =
        Config::merge({.file = *std::move(file), .environment = no_variable, .flags = {}});
    LLF_ASSERT(config && config->settings().profiles.size() == 44);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(load_10_kb)->Unit(benchmark::kMillisecond);

// Checks, keeps the file as it was, writes, all durable: on the disk of TMPDIR.
void save_into_10_kb(benchmark::State& state) {
  const os::TestFolder folder;
  const auto path = written(folder, long_file());
  const auto place = find_place("server.port");
  LLF_ASSERT(place);
  std::int64_t port = 1024;
  for (auto _ : state) {
    LLF_ASSERT(save_value({.path = path, .check = {}}, *place, json::Value(++port)));
    if (port > 60000) port = 1024;
  }
}
BENCHMARK(save_into_10_kb)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace llf::config
