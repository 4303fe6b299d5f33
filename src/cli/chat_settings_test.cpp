#include "cli/chat_settings.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

TEST(ChatSettings, nothing_given_is_nothing_set) {
  const auto settings = read_chat_settings({});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->model, "");
  EXPECT_FALSE(settings->temperature);
  EXPECT_FALSE(settings->max_tokens);
  EXPECT_EQ(make_request(*settings, {{"user", "hi"}}).messages,
            (std::vector<client::Message>{{"user", "hi"}}));
}

TEST(ChatSettings, options_are_taken) {
  Arguments arguments;
  arguments.set("--model", "m");
  arguments.set("--system", "be brief\xFF");
  arguments.set("--temperature", "0");
  arguments.set("--max-tokens", "16");
  const auto settings = read_chat_settings(arguments);
  ASSERT_TRUE(settings);
  const auto request = make_request(*settings, {{"user", "hi"}});
  EXPECT_EQ(request.model, "m");
  EXPECT_EQ(request.temperature, 0.0);
  EXPECT_EQ(request.max_tokens, 16);
  EXPECT_EQ(request.messages,
            (std::vector<client::Message>{{"system", "be brief\uFFFD"}, {"user", "hi"}}));
}

TEST(ChatSettings, what_is_no_number_or_out_of_range_is_told) {
  for (const auto& [option, value] :
       std::vector<std::pair<std::string, std::string>>{{"--temperature", "hot"},
                                                        {"--temperature", "-1"},
                                                        {"--temperature", "nan"},
                                                        {"--max-tokens", "0"},
                                                        {"--max-tokens", "1.5"},
                                                        {"--max-tokens", ""}}) {
    Arguments arguments;
    arguments.set(option, value);
    const auto settings = read_chat_settings(arguments);
    ASSERT_FALSE(settings) << option << value;
    EXPECT_EQ(settings.error().kind, ErrorKind::invalid);
    EXPECT_NE(settings.error().message.find(option), std::string::npos);
    EXPECT_NE(settings.error().message.find("'" + value + "'"), std::string::npos);
  }
}

}  // namespace
}  // namespace llf::cli
