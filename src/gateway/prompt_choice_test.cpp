#include "gateway/prompt_choice.hpp"

#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace llf::gateway {
namespace {

class PromptChoice : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* name : {"one", "two", "three"}) {
      std::ofstream(folder_ / (std::string(name) + ".json"))
          << R"({"system": ")" << name << R"( for {{model}} in {{year::2000}}"})";
    }
  }

  /// The system text; "" without a template; an error's message.
  std::string chosen(std::optional<std::string_view> header, std::string of_profile = "") {
    const auto prompt = choose_prompt({.library = library_,
                                       .settings = settings_,
                                       .of_profile = std::move(of_profile),
                                       .model = "m"},
                                      header);
    if (!prompt) return prompt.error().message;
    return *prompt ? (*prompt)->system : "";
  }

  os::TestFolder folder_;
  prompt::Library library_{folder_.path(), folder_.path() / "none"};
  config::Settings settings_;
};

TEST_F(PromptChoice, is_none_unless_somebody_chose) {
  settings_.prompts.use = "one";
  EXPECT_EQ(chosen(std::nullopt), "");
  EXPECT_EQ(chosen("none"), "");
  EXPECT_EQ(chosen("none", "two"), "");
}

TEST_F(PromptChoice, is_the_requests_else_the_profiles) {
  settings_.prompts.use = "one";
  EXPECT_EQ(chosen("three", "two"), "three for m in 2000");
  EXPECT_EQ(chosen(std::nullopt, "two"), "two for m in 2000");
  EXPECT_EQ(chosen("selected"), "one for m in 2000");
  EXPECT_EQ(chosen("selected", "two"), "two for m in 2000");
  settings_.prompts.use = "";
  EXPECT_EQ(chosen("selected"), "");
}

TEST_F(PromptChoice, has_the_values_of_the_settings) {
  settings_.prompts.variables["year"] = "2026";
  EXPECT_EQ(chosen("one"), "one for m in 2026");
}

TEST_F(PromptChoice, of_a_name_that_is_none_is_an_error_with_the_nearest) {
  EXPECT_THAT(chosen("thre"), testing::HasSubstr("'three'"));
}

TEST(PromptValues, are_those_of_the_moment) {
  const auto values = built_in_values("m", 0);
  EXPECT_EQ(values.at("model"), "m");
  EXPECT_THAT(values.at("date"), testing::MatchesRegex("19(70|69)-[0-9-]+"));
  EXPECT_THAT(values.at("time"), testing::MatchesRegex("[0-9][0-9]:[0-9][0-9]"));
  EXPECT_FALSE(values.at("weekday").empty());
  EXPECT_FALSE(values.at("user").empty());
}

}  // namespace
}  // namespace llf::gateway
