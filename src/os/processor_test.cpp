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
  EXPECT_EQ(has_matrix_units(), facts.contains("amx_int8"));
}

}  // namespace
}  // namespace llf::os
