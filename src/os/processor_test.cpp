#include "os/processor.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace llf::os {
namespace {

TEST(Processor, has_what_the_kernel_lists) {
  std::ifstream file("/proc/cpuinfo");
  const std::string facts{std::istreambuf_iterator<char>(file), {}};
  if (has_matrix_units()) {
    // A kernel that is older than the units does not know them.
    EXPECT_TRUE(facts.contains("amx_int8") || facts.contains("GenuineIntel"));
  } else {
    EXPECT_FALSE(facts.contains("amx_int8"));
  }
}

}  // namespace
}  // namespace llf::os
