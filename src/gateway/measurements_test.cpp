#include "gateway/measurements.hpp"

#include "base/limits.hpp"
#include "os/test_folder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

namespace llf::gateway {
namespace {

constexpr Measured kMeasured{
    .size = 100, .rss = 150, .loading = {.context = 4096, .slots = 2}, .tokens_per_s = 0};
constexpr EngineSpeed kSpeed{.tokens = 50, .tokens_per_s = 12.5};

class MeasurementsTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "data/measured.json"; }

  os::TestFolder folder_;
};

TEST_F(MeasurementsTest, are_kept_for_the_next_daemon) {
  Measurements(file()).note("/m.gguf", kSpeed, [] { return kMeasured; });
  const Measurements next(file());
  const auto found = next.find("/m.gguf", ByteSize(100));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->rss, 150U);
  EXPECT_EQ(found->loading.context, 4096U);
  EXPECT_EQ(found->tokens_per_s, 12.5);
  EXPECT_FALSE(next.find("/m.gguf", ByteSize(101))) << "another file stands there now";
  EXPECT_FALSE(next.find("/n.gguf", ByteSize(100)));
}

TEST_F(MeasurementsTest, a_short_answer_tells_nothing_and_the_next_one_only_of_more_memory) {
  Measurements measurements(file());
  const auto note = [&](const EngineSpeed& speed, std::uint64_t rss) {
    measurements.note("/m.gguf", speed, [&] {
      auto measured = kMeasured;
      measured.rss = rss;
      return measured;
    });
    const auto found = measurements.find("/m.gguf", ByteSize(100));
    return found ? found->rss : 0;
  };
  EXPECT_EQ(note({.tokens = 3, .tokens_per_s = 10}, 1000), 0U);
  EXPECT_EQ(note(kSpeed, 1000), 1000U);
  EXPECT_EQ(note(kSpeed, 900), 1000U);
  EXPECT_EQ(note(kSpeed, 1010), 1000U);
  EXPECT_EQ(note(kSpeed, 1200), 1200U);
}

TEST_F(MeasurementsTest, of_an_engine_that_has_ended_nothing_is_kept) {
  Measurements measurements(file());
  measurements.note("/m.gguf", kSpeed, [] { return Measured{.size = 100}; });
  EXPECT_FALSE(measurements.find("/m.gguf", ByteSize(100)));
}

TEST_F(MeasurementsTest, only_so_many_are_kept) {
  Measurements measurements(file());
  for (std::size_t i = 0; i <= limits::kMeasuredModels; ++i) {
    measurements.note(fmt::format("/{}.gguf", i), kSpeed, [] { return kMeasured; });
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i <= limits::kMeasuredModels; ++i) {
    if (measurements.find(fmt::format("/{}.gguf", i), ByteSize(100))) ++kept;
  }
  EXPECT_EQ(kept, limits::kMeasuredModels);
}

TEST_F(MeasurementsTest, a_file_that_is_none_is_nothing) {
  std::filesystem::create_directories(file().parent_path());
  for (const auto* text : {"", "{", "[]", R"({"measured":[1,{"path":"/m.gguf"}]})"}) {
    std::ofstream(file()) << text;
    EXPECT_FALSE(Measurements(file()).find("/m.gguf", ByteSize(0))) << text;
  }
}

}  // namespace
}  // namespace llf::gateway
