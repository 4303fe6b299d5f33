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

TEST_F(MeasurementsTest, a_short_answer_tells_nothing_and_the_next_one_nothing_new) {
  Measurements measurements(file());
  int asked = 0;
  const auto measure = [&] {
    ++asked;
    return kMeasured;
  };
  measurements.note("/m.gguf", {.tokens = 3, .tokens_per_s = 10}, measure);
  EXPECT_EQ(asked, 0);
  measurements.note("/m.gguf", kSpeed, measure);
  measurements.note("/m.gguf", kSpeed, measure);
  EXPECT_EQ(asked, 1);
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
