#include "config/difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::config {
namespace {

std::string told(const Settings& from, const Settings& to) {
  std::string text;
  for (const auto& change : difference(from, to)) {
    text += fmt::format("{}: {} -> {} ({})\n", change.name, json::write(change.from),
                        json::write(change.to), to_string(change.effect));
  }
  return text;
}

TEST(Difference, names_each_setting_its_values_and_what_it_needs) {
  Settings to;
  to.server.port = 1;
  to.log.level = log::Level::warn;
  to.inference.top_k = 3;
  EXPECT_EQ(told({}, to),
            "server.port: 8000 -> 1 (restart)\n"
            "log.level: \"info\" -> \"warn\" (at_once)\n"
            "inference.top_k: null -> 3 (at_once)\n");
  EXPECT_EQ(told(to, to), "");
}

TEST(Difference, of_profiles_is_that_of_their_settings) {
  Settings from;
  from.profiles["a"].model = "m";
  from.profiles["gone"].model = "n";
  auto to = from;
  to.profiles["a"].context = 100;
  to.profiles["a"].prompt = "coder";
  to.profiles.erase("gone");
  to.profiles["new"].model = "o";
  EXPECT_EQ(told(from, to),
            "profiles.a.prompt: \"\" -> \"coder\" (at_once)\n"
            "profiles.a.context: null -> 100 (workers)\n"
            "profiles.gone: \"n\" -> null (workers)\n"
            "profiles.new: null -> \"o\" (at_once)\n");
}

TEST(Difference, of_endpoints_shows_no_key) {
  Settings from;
  from.endpoints["a"] = {.url = "http://a/", .api_key = "sk-old"};
  auto to = from;
  to.endpoints["a"].api_key = "sk-new";
  to.endpoints["b"].url = "http://b/";
  EXPECT_EQ(told(from, to),
            "endpoints.a.api_key: \"***\" -> \"***\" (at_once)\n"
            "endpoints.b: null -> \"http://b/\" (at_once)\n");
  EXPECT_EQ(told(to, {}),
            "endpoints.a: \"http://a/\" -> null (at_once)\n"
            "endpoints.b: \"http://b/\" -> null (at_once)\n");
}

TEST(Difference, shows_that_a_secret_changed_and_not_to_what) {
  Settings from;
  from.server.api_key = "sk-old";
  Settings to;
  to.server.api_key = "sk-new";
  EXPECT_EQ(told(from, to), "server.api_key: \"***\" -> \"***\" (at_once)\n");
  EXPECT_EQ(told({}, to), "server.api_key: \"\" -> \"***\" (at_once)\n");
}

}  // namespace
}  // namespace llf::config
