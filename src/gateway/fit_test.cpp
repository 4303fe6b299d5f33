#include "gateway/fit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using testing::ElementsAre;

constexpr std::uint64_t kGB = 1'000'000'000;
constexpr MachineFacts kMachine{.memory = 16 * kGB, .available = 8 * kGB, .bandwidth = 20 * kGB};

TEST(Fit, judges_what_fits_now_and_what_could) {
  EXPECT_EQ(judge_fit(8 * kGB, kMachine), Fit::yes);
  EXPECT_EQ(judge_fit(9 * kGB, kMachine), Fit::tight);
  EXPECT_EQ(judge_fit(14 * kGB, kMachine), Fit::no);
}

TEST(Fit, speed_is_bandwidth_by_the_bytes_of_a_token) {
  const gguf::Demand dense{.weights = 2 * kGB};
  EXPECT_NEAR(estimate_speed(dense, kMachine), 8.5, 0.01);
  const gguf::Demand mixture{.weights = 2 * kGB, .experts = 2 * kGB, .experts_used = 0.1};
  EXPECT_NEAR(estimate_speed(mixture, kMachine), 85, 0.1);
  EXPECT_EQ(estimate_speed(dense, {}), 0);
}

TEST(Fit, ranks_by_what_fits_and_then_by_quality) {
  const auto sized = [](const char* label, std::uint64_t size) {
    return FitCase{.label = label, .demand = {.weights = size}};
  };
  const auto ranked =
      rank_fits({sized("Q4_0", 4 * kGB), sized("F16", 20 * kGB), sized("Q2_K", 2 * kGB),
                 sized("Q8_0", 9 * kGB), sized("F32", 40 * kGB)},
                {.context = 4096, .slots = 1}, kMachine);
  std::vector<std::string> told;
  for (const auto& one : ranked) {
    told.push_back(std::string(one.at("label").as_string()) + " " +
                   std::string(one.at("fit").as_string()) +
                   (one.at("chosen").as_bool() ? " chosen" : ""));
  }
  EXPECT_THAT(told, ElementsAre("Q4_0 yes chosen", "Q2_K yes", "Q8_0 tight", "F32 no", "F16 no"));
}

TEST(Fit, what_chooses_is_what_is_shown) {
  for (std::uint64_t size = kGB; size < 20 * kGB; size += kGB) {
    const gguf::Demand demand{.weights = size, .kv_per_token = 50'000};
    const WantedLoading wanted{.context = 20'000, .slots = 2};
    const auto loading = loading_of(wanted, {}, ByteSize(size), demand);
    EXPECT_EQ(loading.context, 20'000U);
    const auto told = rank_fits({{.label = "Q8_0", .demand = demand}}, loading, kMachine);
    EXPECT_EQ(fits_here(wanted, {}, kMachine)(demand), told.at(0).at("fit").as_string() != "no");
  }
}

TEST(Fit, is_for_the_context_and_slots_of_the_settings) {
  config::Settings::Engine engine;
  engine.context = 5000;
  engine.slots = 7;
  const auto loading = loading_of({}, engine, ByteSize(kGB), {});
  EXPECT_EQ(loading.context, 5000U);
  const gguf::Demand trained{.context = 1024};
  EXPECT_EQ(loading_of({}, engine, ByteSize(kGB), trained).context, 1024U);
  EXPECT_EQ(loading_of({.context = 2000}, engine, ByteSize(kGB), trained).context, 2000U);
  EXPECT_EQ(loading.slots, 7U);
}

TEST(Fit, tells_memory_context_and_speed) {
  const auto told = fit_json(
      {.label = "Q4_0", .demand = {.weights = kGB, .kv_per_token = 100'000, .context = 8192}},
      {.context = 4096, .slots = 2}, kMachine);
  const auto& memory = told.at("memory").as_object();
  EXPECT_EQ(memory.at("kv_bytes").to_number<std::uint64_t>(), 4096U * 100'000 * 2);
  EXPECT_EQ(told.at("fit").as_string(), "yes");
  EXPECT_EQ(told.at("largest_context").to_number<std::uint64_t>(), 8192U);
}

TEST(Fit, a_header_that_does_not_tell_what_a_context_takes_is_told) {
  const auto told = fit_json({.label = "Q4_0", .demand = {.weights = kGB, .context = 8192}},
                             {.context = 4096, .slots = 2}, kMachine);
  EXPECT_TRUE(told.at("memory").at("kv_bytes").is_null());
  EXPECT_TRUE(told.at("largest_context").is_null());
  EXPECT_EQ(told.at("trained_context").to_number<std::uint64_t>(), 8192U);
}

TEST(Fit, what_was_measured_takes_the_place_of_what_is_estimated) {
  const gguf::Demand demand{.weights = kGB, .kv_per_token = 100'000, .context = 8192};
  const gguf::Loading loading{.context = 4096, .slots = 2};
  const auto planned = gguf::plan_memory(demand, loading).total();
  const auto total = [&](std::uint64_t rss, const gguf::Loading& asked) {
    const auto told =
        fit_json({.label = "Q4_0",
                  .demand = demand,
                  .measured = Measured{.rss = rss, .loading = loading, .tokens_per_s = 33}},
                 asked, kMachine);
    EXPECT_EQ(told.at("tokens_per_s").as_double(), 33);
    EXPECT_FALSE(told.at("measured").is_null());
    return told.at("memory").at("total_bytes").to_number<std::uint64_t>();
  };
  EXPECT_EQ(total(planned + 5000, loading), planned + 5000);
  EXPECT_EQ(total(planned - 5000, loading), planned - 5000);
  const gguf::Loading larger{.context = 8192, .slots = 2};
  EXPECT_EQ(total(planned + 5000, larger), gguf::plan_memory(demand, larger).total() + 5000);
  EXPECT_GE(total(1, loading), kGB) << "never less than its weights";
}

hub::CatalogModel model(const char* name, std::uint64_t size, std::int64_t rank,
                        std::vector<std::string> uses = {"chat"}) {
  return {.name = name,
          .repository = "o/r",
          .uses = std::move(uses),
          .parameters = size,
          .active_parameters = size,
          .context = 8192,
          .kv_per_token = 1000,
          .quantisations = {{.name = "Q4_K_M", .size = ByteSize(size)},
                            {.name = "Q8_0", .size = ByteSize(2 * size)}},
          .rank = rank};
}

std::vector<std::string> names(const json::Array& list) {
  std::vector<std::string> all;
  for (const auto& one : list) {
    all.push_back(std::string(one.at("name").as_string()) + " " +
                  std::string(one.at("quantisation").as_string()));
  }
  return all;
}

TEST(Fit, recommends_the_best_that_fits_and_is_fast_enough) {
  const std::vector<hub::CatalogModel> catalog{
      model("small", kGB / 2, 10), model("good", 2 * kGB, 50), model("slow", 5 * kGB, 70),
      model("huge", 100 * kGB, 99), model("coder", kGB, 90, {"code"})};
  EXPECT_THAT(names(recommend(catalog, "", kMachine)),
              ElementsAre("good Q4_K_M", "small Q4_K_M", "slow Q4_K_M"));
  EXPECT_THAT(names(recommend(catalog, "code", kMachine)), ElementsAre("coder Q4_K_M"));
  auto quick = kMachine;
  quick.bandwidth = 0;
  EXPECT_EQ(names(recommend(catalog, "chat", quick)).front(), "good Q4_K_M")
      << "what fits now comes before what may fit";
}

}  // namespace
}  // namespace llf::gateway
