#include "base/byte_size.hpp"

#include <gtest/gtest.h>

namespace llf {
namespace {

TEST(ByteSize, prints_with_the_unit_that_people_expect) {
  EXPECT_EQ(to_string(ByteSize(0)), "0 B");
  EXPECT_EQ(to_string(ByteSize(999)), "999 B");
  EXPECT_EQ(to_string(ByteSize(1000)), "1.0 kB");
  EXPECT_EQ(to_string(ByteSize(1'917'472)), "1.9 MB");
  EXPECT_EQ(to_string(ByteSize(4'900'000'000)), "4.9 GB");
}

TEST(ByteSize, never_prints_a_thousand_of_a_unit) {
  EXPECT_EQ(to_string(ByteSize(999'949)), "999.9 kB");
  EXPECT_EQ(to_string(ByteSize(999'999)), "1.0 MB");
}

TEST(ByteSize, binary_constructors_multiply_by_1024) {
  EXPECT_EQ(ByteSize::kib(1).bytes(), 1024U);
  EXPECT_EQ(ByteSize::mib(1), ByteSize::kib(1024));
  EXPECT_LT(ByteSize::mib(1), ByteSize::gib(1));
}

}  // namespace
}  // namespace llf
