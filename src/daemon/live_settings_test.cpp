#include "daemon/live_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace llf::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::optional<std::string> port_from_environment(const char* name) {
  if (name == std::string_view("LLF_IDLE_EXIT")) return "7";
  return std::nullopt;
}

config::SettingsText file(std::string_view text) {
  return {.path = "c", .text = std::string(text)};
}

class Live : public testing::Test {
 protected:
  std::vector<std::string> take(std::string_view text) {
    std::vector<std::string> names;
    for (const auto& change : live_.take(file(text))) names.push_back(change.name);
    return names;
  }

  static config::Sources sources() {
    return {.file = file(R"({"server": {"port": 1}})"),
            .environment = port_from_environment,
            .flags = {}};
  }

  LiveSettings live_{sources(), config::Config::merge(sources())->settings()};
};

TEST_F(Live, follow_the_file) {
  EXPECT_THAT(take(R"({"server": {"port": 1}, "log": {"level": "warn"}})"),
              ElementsAre("log.level"));
  EXPECT_EQ(live_.current().log.level, log::Level::warn);
  EXPECT_THAT(take(R"({"server": {"port": 1}, "log": {"level": "warn"}})"), IsEmpty());
  EXPECT_THAT(take("{}"), ElementsAre("server.port", "log.level"));
}

TEST_F(Live, what_wins_over_the_file_goes_on_winning) {
  EXPECT_THAT(take(R"({"server": {"port": 1, "idle_exit": 99}})"), IsEmpty());
  EXPECT_EQ(live_.current().server.idle_exit, std::chrono::seconds(7));
}

TEST_F(Live, a_wrong_file_changes_nothing_until_it_is_right) {
  EXPECT_THAT(take("{\n\"server\": {\"port\": -1}}"), IsEmpty());
  ASSERT_TRUE(live_.error());
  EXPECT_THAT(*live_.error(), HasSubstr("c: line 2"));
  EXPECT_EQ(live_.current().server.port, 1);
  EXPECT_THAT(take(R"({"server": {"port": 2}})"), ElementsAre("server.port"));
  EXPECT_FALSE(live_.error());
}

TEST_F(Live, a_file_that_cannot_be_read_is_a_wrong_one) {
  EXPECT_THAT(live_.take(failure(ErrorKind::forbidden, "c: not yours")), IsEmpty());
  EXPECT_EQ(live_.error(), "c: not yours");
  EXPECT_EQ(live_.current().server.port, 1);
}

TEST_F(Live, a_file_that_is_gone_leaves_what_is_built_in) {
  EXPECT_EQ(live_.take(std::nullopt).size(), 1U);
  EXPECT_EQ(live_.current().server.port, 8000);
}

TEST_F(Live, know_what_waits_for_a_restart) {
  EXPECT_THAT(live_.waiting(live_.current()), IsEmpty());
  take(R"({"server": {"port": 2}, "log": {"level": "warn"}})");
  EXPECT_THAT(live_.waiting(live_.current()), ElementsAre("server.port"));
  take(R"({"server": {"port": 1}})");
  EXPECT_THAT(live_.waiting(live_.current()), IsEmpty());
}

TEST_F(Live, compare_without_taking) {
  const auto settings = live_.settings_with({.path = "c", .text = R"({"server": {"port": 5}})"});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->server.port, 5);
  EXPECT_EQ(live_.current().server.port, 1);
  EXPECT_FALSE(live_.settings_with({.path = "c", .text = "{"}));
  EXPECT_FALSE(live_.error());
}

TEST_F(Live, know_the_files_that_they_refer_to) {
  EXPECT_THAT(live_.referenced_files(), IsEmpty());
  take(R"({"server": {"api_key": {"file": "/key"}}, "models": {"folder": {"env": "X"}},
           "profiles": {"p": {"model": {"file": "/model"}}}})");
  EXPECT_THAT(live_.referenced_files(), ElementsAre("/key", "/model"));
  take("{");
  EXPECT_THAT(live_.referenced_files(), ElementsAre("/key", "/model"));
  take("{}");
  EXPECT_THAT(live_.referenced_files(), IsEmpty());
}

}  // namespace
}  // namespace llf::daemon
