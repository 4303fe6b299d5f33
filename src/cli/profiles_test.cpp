#include "cli/profiles.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

TEST(Profiles, an_alias_has_a_model_and_nothing_else) {
  config::Settings settings;
  settings.profiles["qwen2.5"].model = "o/r:Q4_0";
  settings.profiles["coder"] = settings.profiles["qwen2.5"];
  settings.profiles["coder"].context = 4096;
  const auto alias = profile_in(settings, "qwen2.5");
  const auto profile = profile_in(settings, "coder");
  ASSERT_TRUE(alias && profile);
  EXPECT_TRUE(is_alias(*alias));
  EXPECT_FALSE(is_alias(*profile));
  EXPECT_FALSE(profile_in(settings, "qwen2"));
}

}  // namespace
}  // namespace llf::cli
