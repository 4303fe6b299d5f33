#include "gguf/demand.hpp"

#include "gguf/test_file.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace llf::gguf {
namespace {

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

Demand demand(const TestFile& file) {
  const auto read = read_header(file.bytes(), file.bytes().size());
  EXPECT_TRUE(read) << read.error().message;
  return read ? demand_of(std::get<Header>(*read)) : Demand();
}

/// A decoder of six layers with one key head of eight numbers.
TestFile decoder(std::uint64_t tensors, std::uint64_t more, const char* architecture = "llama") {
  TestFile file;
  const std::string prefix = architecture;
  file.head(tensors, 8 + more)
      .pair("general.architecture", architecture)
      .pair(prefix + ".context_length", 4096)
      .pair(prefix + ".block_count", 6)
      .pair(prefix + ".embedding_length", 64)
      .pair(prefix + ".feed_forward_length", 128)
      .pair(prefix + ".attention.head_count", 8)
      .pair(prefix + ".attention.head_count_kv", 1)
      .pair(prefix + ".attention.key_length", 8);
  return file;
}

TEST(Demand, matrix_units_have_more_types_repacked) {
  plan_for(Processor::matrix_units);
  for (const auto* type : {"Q4_0", "Q8_0", "F16", "Q6_K"}) {
    EXPECT_EQ(repacked_of(type, 1000), 850U) << type;
  }
  EXPECT_EQ(repacked_of("BF16", 1000), 0U);
  plan_for(Processor::vector_units);
  EXPECT_EQ(repacked_of("F16", 1000), 0U);
}

TEST(Demand, adds_up_tensors_by_what_becomes_of_them) {
  auto file = decoder(4, 0);
  file.tensor("token_embd.weight", {256, 2}, kQ4K, 0)
      .tensor("output.weight", {256, 2}, kQ4K, 288)
      .tensor("blk.0.ffn_up_exps.weight", {256, 2}, kQ4K, 576)
      .tensor("blk.0.attn_norm.weight", {8}, kF32, 864)
      .data(864 + 32);
  const auto found = demand(file);
  EXPECT_EQ(found.weights, 3 * 288U + 32);
  EXPECT_EQ(found.lookup, 288U);
  EXPECT_EQ(found.repacked, 2 * 288U) << "not what is only looked up, and no vectors";
  EXPECT_EQ(found.experts, 288U);
  EXPECT_EQ(found.kv_per_token, 6U * 2 * 8 * 2);
  EXPECT_EQ(found.window, 0U);
  auto all = found;
  all.add(found);
  EXPECT_EQ(all.weights, 2 * found.weights);
  EXPECT_EQ(all.kv_per_token, found.kv_per_token);
}

TEST(Demand, a_tied_embedding_is_read_for_every_token) {
  auto file = decoder(1, 0);
  file.tensor("token_embd.weight", {256, 2}, kQ4K, 0).data(288);
  EXPECT_EQ(demand(file).lookup, 0U);
  EXPECT_EQ(demand(file).repacked, 288U);
}

TEST(Demand, layers_with_a_window_keep_only_that) {
  auto file = decoder(0, 1, "gemma3");
  file.pair("gemma3.attention.sliding_window", 1024);
  const auto found = demand(file);
  EXPECT_EQ(found.window, 1024U);
  EXPECT_EQ(found.kv_window, 5 * found.kv_per_token) << "five of six layers";
  auto listed = decoder(0, 2);
  listed.pair("llama.attention.sliding_window", 1024)
      .list("llama.attention.sliding_window_pattern", ValueType::boolean, 4)
      .put(true)
      .put(true)
      .put(true)
      .put(false);
  EXPECT_EQ(demand(listed).kv_window, 3 * demand(listed).kv_per_token);
}

TEST(Demand, a_mixture_reads_a_part_of_its_experts) {
  auto file = decoder(0, 2);
  file.pair("llama.expert_count", 8).pair("llama.expert_used_count", 2);
  auto found = demand(file);
  EXPECT_DOUBLE_EQ(found.experts_used, 0.25);
  found.weights = 1000;
  found.experts = 800;
  found.kv_per_token = 1;
  EXPECT_EQ(bytes_per_token(found, 10), 200U + 200 + 10);
}

// What build 11669 took for models of tools/gguf/make_random_model, in MiB, after a request.
TEST(Demand, plans_what_an_engine_was_seen_to_take) {
  struct Seen {
    Demand demand;
    Loading loading;
    double taken;
  };
  const auto mib = [](double size) { return static_cast<std::uint64_t>(size * double{kMiB}); };
  const std::vector<Seen> kSeen{
      {{.weights = mib(126.4),
        .kv_per_token = 12 * kKiB,
        .embedding = 768,
        .feed_forward = 2048,
        .vocabulary = 32000},
       {.context = 4096, .slots = 4},
       384.3},
      {{.weights = mib(254.5),
        .lookup = mib(30.8),
        .repacked = mib(222.7),
        .kv_per_token = 12 * kKiB,
        .embedding = 896,
        .feed_forward = 4864,
        .vocabulary = 64000},
       {.context = 4096, .slots = 4},
       719.5},
      {{.weights = mib(1119.3),
        .kv_per_token = 32 * kKiB,
        .embedding = 2048,
        .feed_forward = 8192,
        .vocabulary = 32000},
       {.context = 8192, .slots = 2},
       1716.4},
  };
  for (const auto& seen : kSeen) {
    const auto planned =
        static_cast<double>(plan_memory(seen.demand, seen.loading).total()) / double{kMiB};
    EXPECT_NEAR(planned / seen.taken, 1, 0.1);
  }
}

TEST(Demand, another_quantisation_is_the_same_model_in_another_size) {
  const Demand four{.weights = 100, .lookup = 10, .repacked = 80, .kv_per_token = 7};
  const auto eight = resized(four, "F16", 200);
  EXPECT_EQ(eight.weights, 200U);
  EXPECT_EQ(eight.lookup, 20U);
  EXPECT_EQ(eight.repacked, 0U) << "no engine repacks this type";
  EXPECT_EQ(eight.kv_per_token, 7U);
  EXPECT_GT(resized(eight, "Q4_0", 100).repacked, 70U);
  EXPECT_EQ(resized({}, "", 5).weights, 5U);
}

TEST(Demand, what_is_repacked_is_told_by_the_name_of_a_quantisation) {
  for (const auto* pure : {"Q4_0", "Q4_K_S", "IQ4_NL", "Model-1.5B-Q4_0"}) {
    EXPECT_EQ(repacked_of(pure, 1000), 850U) << pure;
  }
  for (const auto* mixed : {"Q4_K_M", "UD-Q4_K_XL", "a.Q4_K_M"}) {
    EXPECT_EQ(repacked_of(mixed, 1000), 700U) << mixed;
  }
  for (const auto* none : {"F16", "BF16", "Q4_1", "IQ4_XS", "Q3_K_M", "MXFP4", "Q4", "M", ""}) {
    EXPECT_EQ(repacked_of(none, 1000), 0U) << none;
  }
}

TEST(Demand, numbers_of_a_hostile_header_never_wrap) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  const auto taken = [](const TestFile& file) {
    return plan_memory(demand(file), {.context = 4096, .slots = 4}).total();
  };
  const auto put_each = [](TestFile file, const std::vector<std::string>& keys) {
    for (const auto& key : keys) file.key("llama." + key, ValueType::uint64).put(kMost);
    return file;
  };
  EXPECT_EQ(taken(put_each(decoder(0, 1), {"attention.kv_lora_rank"})), kBeyondAnything);
  EXPECT_EQ(taken(put_each(decoder(0, 2), {"attention.value_length", "rope.dimension_count"})),
            kBeyondAnything);
  auto wide = decoder(0, 3);
  EXPECT_EQ(taken(put_each(std::move(wide.pair("llama.expert_count", 8)),
                           {"expert_used_count", "expert_feed_forward_length"})),
            kBeyondAnything);
  TestFile ranked;
  ranked.head(0, 3)
      .pair("general.architecture", "llama")
      .pair("llama.block_count", 3)
      .key("llama.attention.kv_lora_rank", ValueType::uint64)
      .put(kMost / 6 + 1);  // three layers of two bytes a number: wrapped, it is four
  EXPECT_EQ(taken(ranked), kBeyondAnything);
  EXPECT_EQ(bytes_per_token({.weights = 5, .lookup = 9, .kv_per_token = kMost / 2}, 1 << 20),
            kBeyondAnything);
  EXPECT_EQ(largest_context(demand(ranked), 4, kMost / 4), std::nullopt);
}

TEST(Demand, finds_the_largest_context_that_fits) {
  const Demand model{.weights = 100 * kMiB,
                     .kv_per_token = 1024,
                     .embedding = 64,
                     .feed_forward = 128,
                     .vocabulary = 100,
                     .context = 32768};
  EXPECT_EQ(largest_context(model, 1, 10'000 * kMiB), 32768U);
  EXPECT_EQ(largest_context(model, 1, 100 * kMiB), std::nullopt);
  const auto some = largest_context(model, 1, 160 * kMiB);
  ASSERT_TRUE(some);
  EXPECT_LE(plan_memory(model, {.context = *some, .slots = 1}).total(), 160 * kMiB);
  EXPECT_GT(plan_memory(model, {.context = *some + 512, .slots = 1}).total(), 160 * kMiB);
}

}  // namespace
}  // namespace llf::gguf
