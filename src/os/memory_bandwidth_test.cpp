#include "os/memory_bandwidth.hpp"

#include <gtest/gtest.h>

namespace llf::os {
namespace {

TEST(MemoryBandwidth, is_more_than_any_disk_has_and_less_than_any_memory) {
  const auto one = measure_memory_bandwidth(1);
  EXPECT_GT(one, 100'000'000U);
  EXPECT_LT(one, 2'000'000'000'000U);
  EXPECT_GT(measure_memory_bandwidth(0), 0U) << "no thread is one";
}

}  // namespace
}  // namespace llf::os
