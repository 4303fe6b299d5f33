#include "gguf/types.hpp"

#include <gtest/gtest.h>

namespace llf::gguf {
namespace {

TEST(GgufTypes, values_have_their_numbers) {
  EXPECT_EQ(value_type(4), ValueType::uint32);
  EXPECT_EQ(value_type(8), ValueType::string);
  EXPECT_EQ(value_type(12), ValueType::float64);
  EXPECT_FALSE(value_type(13));
  EXPECT_EQ(to_string(ValueType::boolean), "bool");
  EXPECT_EQ(size_of(ValueType::int16), 2U);
  EXPECT_EQ(size_of(ValueType::string), 0U);
}

TEST(GgufTypes, tensors_are_stored_in_blocks) {
  EXPECT_EQ(tensor_type(12)->name, "Q4_K");
  EXPECT_EQ(tensor_type(12)->block, 256U);
  EXPECT_EQ(tensor_type(12)->block_bytes, 144U);
  EXPECT_EQ(tensor_type(39)->name, "MXFP4");
  EXPECT_EQ(tensor_type(4)->block, 0U) << "gone";
  EXPECT_FALSE(tensor_type(1000)) << "newer than ours";
}

TEST(GgufTypes, file_types_have_the_names_that_people_use) {
  EXPECT_EQ(file_type_name(15), "Q4_K_M");
  EXPECT_EQ(file_type_name(1024 + 7), "Q8_0");
  EXPECT_EQ(file_type_name(5), "");
}

}  // namespace
}  // namespace llf::gguf
