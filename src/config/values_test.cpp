#include "config/values.hpp"

#include <gtest/gtest.h>

namespace llf::config {
namespace {

const Declaration& setting(std::string_view name) {
  return *std::ranges::find(declarations(), name, &Declaration::name);
}

std::string set_to(std::string_view name, std::string_view word) {
  Settings settings;
  const auto done = set_word(settings, setting(name), word);
  if (!done) {
    EXPECT_EQ(settings, Settings{});
    return done.error().message;
  }
  return json::write(value_of(settings, setting(name)));
}

TEST(Values, of_words_have_the_settings_type) {
  EXPECT_EQ(set_to("server.port", "1"), "1");
  EXPECT_EQ(set_to("models.default", "1"), "\"1\"");
  EXPECT_EQ(set_to("models.folder", "relative"), "\"relative\"");
  EXPECT_EQ(set_to("inference.temperature", "0.5"), "0.5");
  EXPECT_EQ(set_to("inference.temperature", "1"), "1.0");
  EXPECT_EQ(set_to("inference.temperature", ""), "null");
  EXPECT_EQ(set_to("engine.context", "null"), "null");
  EXPECT_EQ(set_to("engine.arguments", R"({"mlock":true})"), R"({"mlock":true})");
  EXPECT_EQ(set_to("log.level", "warn"), "\"warn\"");
}

TEST(Values, out_of_range_or_of_another_type_are_told) {
  EXPECT_EQ(set_to("server.port", "65536"), "'65536' is not a whole number from 0 to 65535");
  EXPECT_EQ(set_to("server.port", "1e3"), "'1e3' is not a whole number from 0 to 65535");
  EXPECT_EQ(set_to("inference.temperature", "-0.1"), "'-0.1' is not a number from 0 to 5");
  EXPECT_EQ(set_to("inference.temperature", "nan"), "'nan' is not a number from 0 to 5");
  EXPECT_EQ(set_to("inference.temperature", "warm"), "'warm' is not a number from 0 to 5");
  EXPECT_EQ(set_to("engine.context", "9999999999"),
            "'9999999999' is not a whole number from 64 to 10000000");
  EXPECT_EQ(set_to("engine.arguments", "x"), "'x' is not an object");
}

TEST(Values, of_secrets_are_not_shown) {
  Settings settings;
  const auto& key = setting("server.api_key");
  EXPECT_EQ(shown_value(settings, key), "");
  ASSERT_TRUE(set_word(settings, key, "sk-1"));
  EXPECT_EQ(settings.server.api_key, "sk-1");
  EXPECT_EQ(shown_value(settings, key), "***");
}

TEST(Values, an_address_is_no_name) {
  EXPECT_EQ(set_to("server.host", "::1"), R"("::1")");
  EXPECT_EQ(set_to("server.host", "0.0.0.0"), R"("0.0.0.0")");
  EXPECT_EQ(set_to("server.host", "localhost"),
            "'localhost' is not an IP address; 127.0.0.1 is this machine");
}

TEST(Values, a_key_is_one_word) {
  Settings settings;
  const auto& key = setting("server.api_key");
  for (const auto* word : {"a b", "a\nb", "\x01", "ü"}) {
    const auto done = set_word(settings, key, word);
    ASSERT_FALSE(done) << word;
    EXPECT_EQ(done.error().message.find(word), std::string::npos) << "it is a secret";
  }
  EXPECT_TRUE(set_word(settings, key, "sk-1_2=/+"));
}

TEST(Values, what_stands_elsewhere_is_shown_as_that) {
  Settings settings;
  const json::Value reference = json::Object{{"env", "X"}};
  const auto look_up = look_up_in([](const char*) { return std::optional<std::string>("/value"); });
  ASSERT_TRUE(set(settings, setting("models.folder"), reference, look_up));
  EXPECT_EQ(settings.models.folder, "/value");
  EXPECT_EQ(shown_value(settings, setting("models.folder")), reference);
  ASSERT_TRUE(set(settings, setting("server.api_key"), reference, look_up_nothing()));
  EXPECT_EQ(settings.server.api_key, "");
  EXPECT_EQ(shown_value(settings, setting("server.api_key")), "***");
  ASSERT_TRUE(set_word(settings, setting("models.folder"), "/other"));
  EXPECT_EQ(shown_value(settings, setting("models.folder")), "/other");
}

TEST(Values, a_whole_number_may_have_a_point) {
  Settings settings;
  EXPECT_TRUE(set(settings, setting("server.port"), json::Value(80.0), look_up_nothing()));
  EXPECT_EQ(settings.server.port, 80);
  EXPECT_FALSE(set(settings, setting("server.port"), json::Value(80.5), look_up_nothing()));
}

}  // namespace
}  // namespace llf::config
