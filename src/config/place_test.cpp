#include "config/place.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> path_of(std::string_view name) {
  const auto place = find_place(name);
  return place ? place->path : std::vector<std::string>{place.error().message};
}

TEST(Place, leads_to_settings_their_members_and_profiles) {
  EXPECT_THAT(path_of("server.port"), ElementsAre("server", "port"));
  EXPECT_THAT(path_of("engine.arguments"), ElementsAre("engine", "arguments"));
  EXPECT_THAT(path_of("engine.arguments.flash-attn"),
              ElementsAre("engine", "arguments", "flash-attn"));
  EXPECT_THAT(path_of("profiles"), ElementsAre("profiles"));
  EXPECT_THAT(path_of("profiles.fast"), ElementsAre("profiles", "fast"));
  EXPECT_THAT(path_of("profiles.qwen2.5"), ElementsAre("profiles", "qwen2.5"));
  EXPECT_THAT(path_of("profiles.qwen2.5.context"), ElementsAre("profiles", "qwen2.5", "context"));
  EXPECT_THAT(path_of("profiles.a.inference.top_p"),
              ElementsAre("profiles", "a", "inference", "top_p"));
  EXPECT_THAT(path_of("endpoints"), ElementsAre("endpoints"));
  EXPECT_THAT(path_of("endpoints.gpu.lan.url"), ElementsAre("endpoints", "gpu.lan", "url"));
  EXPECT_THAT(path_of("profiles.a.arguments.x"), ElementsAre("profiles", "a", "arguments", "x"));
}

TEST(Place, that_is_none_is_an_error_with_the_nearest_names) {
  EXPECT_THAT(path_of("server.prot").front(), HasSubstr("Did you mean 'server.port'"));
  EXPECT_EQ(path_of("port").front(), "there is no setting 'port'. Did you mean 'server.port'?");
  EXPECT_EQ(path_of("profiles.fast.contxt").front(),
            "there is no setting 'profiles.fast.contxt'. Did you mean 'profiles.fast.context'?");
  EXPECT_THAT(path_of("").front(), HasSubstr("there is no setting"));
  EXPECT_EQ(path_of("endpoints.").front(), "which endpoint? 'endpoints.' names none");
  EXPECT_EQ(path_of("endpoints.a.tiemout").front(),
            "there is no setting 'endpoints.a.tiemout'. Did you mean 'endpoints.a.timeout'?");
  EXPECT_EQ(path_of("profiles.").front(), "which profile? 'profiles.' names none");
  EXPECT_EQ(find_place("server.port.x").error().kind, ErrorKind::not_found);
}

std::string value(std::string_view name, std::string_view word) {
  const auto result = value_for(*find_place(name), word);
  return result ? json::write(*result) : result.error().message;
}

TEST(Place, gives_a_word_its_type) {
  EXPECT_EQ(value("server.port", "80"), "80");
  EXPECT_EQ(value("models.default", "80"), "\"80\"");
  EXPECT_EQ(value("engine.arguments.lora", R"(["a", "b"])"), R"(["a","b"])");
  EXPECT_THAT(value("engine.arguments.lora", R"(["a",])"), HasSubstr("it begins as JSON"));
  EXPECT_EQ(value("inference.temperature", "null"), "null");
  EXPECT_EQ(value("profiles.a.pinned", "true"), "true");
  EXPECT_EQ(value("engine.arguments.threads", "4"), "4");
  EXPECT_EQ(value("engine.arguments.arguments", "4"), "4");
  EXPECT_EQ(value("engine.arguments.lora", R"(["a","b"])"), R"(["a","b"])");
  EXPECT_EQ(value("prompts.variables.year", "2026"), "\"2026\"");
  EXPECT_EQ(value("server.port", R"({"env": "X"})"), R"({"env":"X"})");
  EXPECT_EQ(value("profiles.a", R"({"model": "m"})"), R"({"model":"m"})");
}

TEST(Place, refuses_a_wrong_word_and_a_secret) {
  EXPECT_EQ(value("server.port", "x"), "server.port: 'x' is not a whole number from 0 to 65535");
  EXPECT_THAT(value("models.folder", "m"), HasSubstr("must be absolute"));
  EXPECT_THAT(value("profiles.a", "x"), HasSubstr("takes an object"));
  EXPECT_EQ(value("endpoints.a.url", "http://h:1/v1"), R"("http://h:1/v1")");
  EXPECT_EQ(value("endpoints.a.models", R"(["m"])"), R"(["m"])");
  EXPECT_THAT(value("endpoints.a", "x"), HasSubstr("endpoints.a.url"));
  EXPECT_THAT(value("endpoints.a.api_key", "sk"), HasSubstr("belongs on no command line"));
  const auto secret = value("server.api_key", "sk-123");
  EXPECT_THAT(secret, HasSubstr("belongs on no command line"));
  EXPECT_THAT(secret, testing::Not(HasSubstr("sk-123")));
  EXPECT_EQ(value("server.api_key", R"({"file": "/k"})"), R"({"file":"/k"})");
}

TEST(Place, shows_everything_but_secrets) {
  Settings settings;
  settings.server.api_key = "sk-123";
  settings.profiles["a"].model = "m";
  settings.profiles["a"].inference.top_p = 0.5;
  const auto file = as_file(settings);
  EXPECT_THAT(json::write(file), testing::Not(HasSubstr("sk-123")));
  EXPECT_EQ(json::write(file.at("profiles")), R"({"a":{"model":"m","inference":{"top_p":0.5}}})");
  EXPECT_EQ(*value_at(settings, *find_place("server.api_key")), "***");
  EXPECT_EQ(*value_at(settings, *find_place("profiles.a.model")), "m");
  EXPECT_EQ(value_at(settings, *find_place("profiles.b")).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::config
