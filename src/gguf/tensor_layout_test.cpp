#include "gguf/tensor_layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace llf::gguf {
namespace {

using testing::HasSubstr;

Tensor tensor(std::uint64_t numbers, std::uint64_t offset, std::uint32_t type = 0) {
  return {.name = "t", .shape = {numbers, 1, 1, 1}, .type = type, .offset = offset, .size = {}};
}

std::string said(const auto& result) {
  return result ? "" : result.error().message;
}

TEST(TensorLayout, tensors_stand_one_behind_the_other) {
  TensorLayout layout(32);
  auto first = tensor(5, 0);
  ASSERT_TRUE(layout.add(first));
  EXPECT_EQ(first.size, ByteSize(20));
  auto gap = tensor(5, 64);
  EXPECT_THAT(said(layout.add(gap)), HasSubstr("are at 64, not at 32"));
  auto second = tensor(8, 32);
  ASSERT_TRUE(layout.add(second));
  EXPECT_EQ(layout.data_offset(33, 128).value_or(0), 64U);
  EXPECT_THAT(said(layout.data_offset(33, 127)), HasSubstr("1 bytes are missing"));
}

TEST(TensorLayout, behind_one_of_an_unknown_type_there_may_be_a_gap) {
  constexpr std::uint32_t kNew = 99;
  TensorLayout layout(32);
  auto unknown = tensor(5, 0, kNew);
  ASSERT_TRUE(layout.add(unknown));
  EXPECT_EQ(unknown.size, ByteSize());
  auto next = tensor(8, 320);
  EXPECT_TRUE(layout.add(next));
}

TEST(TensorLayout, nothing_is_larger_than_an_engine_can_count) {
  TensorLayout layout(32);
  auto huge = tensor(std::numeric_limits<std::int64_t>::max(), 0);
  EXPECT_THAT(said(layout.add(huge)), HasSubstr("larger than anything"));
  auto empty = tensor(0, 0);
  EXPECT_THAT(said(layout.add(empty)), HasSubstr("is empty"));
  EXPECT_TRUE(layout.data_offset(10, 10)) << "without tensors nothing need follow";
}

}  // namespace
}  // namespace llf::gguf
