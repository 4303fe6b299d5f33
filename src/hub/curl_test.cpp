#include "hub/curl.hpp"

#include <gtest/gtest.h>

namespace llf::hub {
namespace {

TEST(Curl, is_loaded_once) {
  const auto& curl = load_curl();
  ASSERT_TRUE(curl) << curl.error().message;
  EXPECT_EQ(&curl, &load_curl());
  EXPECT_NE(curl->multi_poll, nullptr);
}

}  // namespace
}  // namespace llf::hub
