#include "worker/command_line.hpp"

#include "base/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace llf::worker {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::Not;

Abilities todays_engine() {
  return {
      .version = "0.7.0",
      .flags = {"--model",        "--host",          "--alias",           "--ctx-size",
                "--parallel",     "--no-kv-unified", "--threads",         "--poll",
                "--cache-ram",    "--offline",       "--no-ui",           "--no-webui",
                "--cache-type-k", "--cache-type-v",  "--ctx-checkpoints", "--batch-size",
                "--ubatch-size",  "--embeddings",    "--log-verbosity",   "--sse-ping-interval",
                "--fit",          "--no-warmup",     "--jinja",           "--sleep-idle-seconds"}};
}

LoadPlan plan_of(ByteSize size) {
  auto plan = default_plan(size, 8);
  plan.engine = "/e/llama-server";
  plan.model = "/m/a model.gguf";
  plan.alias = "a-model";
  return plan;
}

/// The argument after `flag`, or "absent".
std::string value_of(const std::vector<std::string>& argv, std::string_view flag) {
  const auto at = std::ranges::find(argv, flag);
  return at == argv.end() || std::next(at) == argv.end() ? "absent" : *std::next(at);
}

TEST(CommandLine, everything_that_has_a_dangerous_default_is_explicit) {
  auto plan = plan_of(ByteSize::gib(4));
  plan.context = 1000;
  plan.slots = 3;
  plan.prompt_cache = ByteSize::mib(77);
  const auto argv = command_line(plan, todays_engine(), "w-0000002a.sock");
  EXPECT_EQ(argv.front(), "/e/llama-server");
  EXPECT_EQ(value_of(argv, "--model"), "/m/a model.gguf");
  EXPECT_EQ(value_of(argv, "--host"), "w-0000002a.sock");
  EXPECT_EQ(value_of(argv, "--alias"), "a-model");
  EXPECT_EQ(value_of(argv, "--ctx-size"), "3000") << "the engine divides it among the slots";
  EXPECT_EQ(value_of(argv, "--parallel"), "3");
  EXPECT_EQ(value_of(argv, "--threads"), "8");
  EXPECT_EQ(value_of(argv, "--poll"), "0");
  EXPECT_EQ(value_of(argv, "--cache-ram"), "77");
  EXPECT_EQ(value_of(argv, "--log-verbosity"), "3");
  EXPECT_EQ(value_of(argv, "--sse-ping-interval"), "-1");
  EXPECT_THAT(argv, Contains("--offline"));
  EXPECT_THAT(argv, Contains("--no-ui"));
  EXPECT_THAT(argv, Not(Contains("--fit")));
  EXPECT_THAT(argv, Not(Contains("--no-warmup")));
}

TEST(CommandLine, what_memory_depends_on_is_explicit) {
  auto plan = plan_of(ByteSize::gib(4));
  plan.further = {{.flag = "cache-type-k", .value = "q8_0"}};
  auto argv = command_line(plan, todays_engine(), "w.sock");
  EXPECT_EQ(value_of(argv, "--cache-type-k"), "f16");
  EXPECT_EQ(value_of(argv, "--cache-type-v"), "f16");
  EXPECT_EQ(value_of(argv, "--ctx-checkpoints"), "8");
  EXPECT_EQ(value_of(argv, "--batch-size"), "2048");
  EXPECT_EQ(value_of(argv, "--ubatch-size"), "512");
  EXPECT_EQ(argv.back(), "q8_0") << "what users say comes last, and wins";
  plan.mode = Mode::embed;
  argv = command_line(plan, todays_engine(), "w.sock");
  EXPECT_EQ(value_of(argv, "--ubatch-size"), std::to_string(plan.context));
}

TEST(CommandLine, the_unsafe_sleep_is_never_used) {
  for (const auto size : {ByteSize::mib(1), ByteSize::gib(4)}) {
    EXPECT_THAT(command_line(plan_of(size), todays_engine(), "w.sock"),
                Not(Contains("--sleep-idle-seconds")));
  }
}

TEST(CommandLine, a_small_model_starts_quickly_and_on_one_thread) {
  const auto plan = plan_of(ByteSize(limits::kSmallModel.bytes() - 1));
  EXPECT_EQ(plan.threads, 1U);
  const auto argv = command_line(plan, todays_engine(), "w.sock");
  EXPECT_EQ(value_of(argv, "--fit"), "off");
  EXPECT_THAT(argv, Contains("--no-warmup"));
  EXPECT_EQ(plan_of(limits::kSmallModel).threads, 8U);
}

TEST(CommandLine, an_engine_gets_only_flags_that_it_knows) {
  auto old = todays_engine();
  old.flags.erase("--no-ui");
  EXPECT_THAT(command_line(plan_of(ByteSize::gib(1)), old, "w.sock"), Contains("--no-webui"));

  const auto argv = command_line(plan_of(ByteSize::mib(1)), Abilities{}, "w.sock");
  EXPECT_THAT(argv,
              ElementsAre("/e/llama-server", "--model", "/m/a model.gguf", "--host", "w.sock"));
}

TEST(DefaultPlan, what_reserves_much_memory_gets_few_slots) {
  EXPECT_EQ(default_plan(ByteSize::mib(2), 8).slots, limits::kFewSlots);
  EXPECT_EQ(default_plan(ByteSize::mib(500), 8).slots, limits::kSlots);
  EXPECT_EQ(default_plan(ByteSize::gib(8), 8).slots, limits::kFewSlots);
}

TEST(DefaultPlan, always_has_a_thread) {
  EXPECT_EQ(default_plan(ByteSize::gib(1), 0).threads, 1U);
}

TEST(EngineEnvironment, passes_the_allow_list_and_nothing_else) {
  const std::vector<std::string> ours{"PATH=/bin",
                                      "HOME=/h",
                                      "LANG=C",
                                      "TMPDIR=/t",
                                      "LD_LIBRARY_PATH=/l",
                                      "CUDA_VISIBLE_DEVICES=0",
                                      "GGML_X=1",
                                      "OMP_NUM_THREADS=2",
                                      "LLAMA_API_KEY=x",
                                      "LLAMA_ARG_HOST=y",
                                      "HF_TOKEN=secret",
                                      "https_proxy=p",
                                      "LLF_HOME=/z",
                                      "PATHS=/x",
                                      "XCUDA_=1",
                                      "LD_PRELOAD=/evil.so",
                                      "OPENAI_API_KEY=k",
                                      "NO_EQUALS_SIGN"};
  EXPECT_THAT(engine_environment(ours),
              ElementsAre("PATH=/bin", "HOME=/h", "LANG=C", "TMPDIR=/t", "LD_LIBRARY_PATH=/l",
                          "CUDA_VISIBLE_DEVICES=0", "GGML_X=1", "OMP_NUM_THREADS=2",
                          "GLIBC_TUNABLES=glibc.malloc.hugetlb=1"));
}

TEST(LoadPlan, a_model_gets_no_more_context_than_it_was_trained_for) {
  const auto adapted = [](std::uint64_t trained, std::vector<FurtherArgument> further = {}) {
    LoadPlan plan{.context = 4096, .further = std::move(further)};
    adapt(plan, {.pools = false, .context = trained});
    EXPECT_FALSE(plan.pools);
    return plan.context;
  };
  EXPECT_EQ(adapted(1024), 1024U);
  EXPECT_EQ(adapted(8192), 4096U);
  EXPECT_EQ(adapted(0), 4096U);
  EXPECT_EQ(adapted(1024, {{.flag = "override-kv", .value = "x.context_length=int:8192"}}), 4096U);
  EXPECT_EQ(adapted(1024, {{.flag = "rope-scale", .value = "4"}}), 4096U);
}

TEST(EngineEnvironment, leaves_the_user_s_tunables) {
  const std::vector<std::string> ours{"GLIBC_TUNABLES=glibc.malloc.check=1", "PATH=/bin"};
  EXPECT_THAT(engine_environment(ours), ElementsAreArray(ours));
}

TEST(SocketName, is_short_and_recognised) {
  EXPECT_EQ(socket_name(0x2a), "w-0000002a.sock");
  EXPECT_TRUE(is_socket_name(socket_name(0xffffffffU)));
  for (const auto* name : {"", "w-0000002a.soc", "w-0000002.sock", "w-0000002A.sock",
                           "w-000000/a.sock", "x-0000002a.sock", "llfd.sock", "w-00000002a.sock"}) {
    EXPECT_FALSE(is_socket_name(name)) << name;
  }
}

}  // namespace
}  // namespace llf::worker
