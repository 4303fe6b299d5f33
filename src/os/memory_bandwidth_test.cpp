#include "os/memory_bandwidth.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace llf::os {
namespace {

TEST(MemoryBandwidth, is_more_than_any_disk_has_and_less_than_any_memory) {
  const auto one = measure_memory_bandwidth(1);
  EXPECT_GT(one, 100'000'000U);
  EXPECT_LT(one, 2'000'000'000'000U);
  EXPECT_GT(measure_memory_bandwidth(0), 0U) << "no thread is one";
}

TEST(MemoryBandwidth, each_thread_reads_a_block_of_its_own_within_bounds) {
  constexpr auto kPlenty = ByteSize::gib(64);
  EXPECT_EQ(bandwidth_block(1, kPlenty), limits::kBandwidthBlock);
  EXPECT_EQ(bandwidth_block(0, kPlenty), limits::kBandwidthBlock);
  EXPECT_EQ(bandwidth_block(64, kPlenty).bytes() * 64, limits::kBandwidthMemory.bytes());
  EXPECT_EQ(bandwidth_block(2, ByteSize::mib(64)), ByteSize::mib(8)) << "a quarter for both";
}

TEST(BestBandwidth, is_measured_anew_after_a_while_and_only_grows) {
  const auto now = mono_now();
  BestBandwidth bandwidth;
  EXPECT_TRUE(bandwidth.due(now));
  bandwidth.take(5, now);
  EXPECT_FALSE(bandwidth.due(now + limits::kBandwidthKept - std::chrono::milliseconds(1)));
  EXPECT_TRUE(bandwidth.due(now + limits::kBandwidthKept));
  bandwidth.take(3, now + limits::kBandwidthKept);
  EXPECT_EQ(bandwidth.best(), 5U);
  EXPECT_FALSE(bandwidth.due(now + limits::kBandwidthKept));
  bandwidth.take(7, now);
  EXPECT_EQ(bandwidth.best(), 7U);
}

}  // namespace
}  // namespace llf::os
