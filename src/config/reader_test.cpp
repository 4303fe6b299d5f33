#include "config/reader.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace llf::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<std::string> one_variable(const char* name) {
  if (name == std::string_view("PORT_OF_MINE")) return "1234";
  return std::nullopt;
}

Expected<ReadSettings> read(std::string_view text) {
  return read_settings(text, Settings{}, look_up_in(one_variable));
}

std::string error_of(std::string_view text) {
  const auto result = read(text);
  return result ? "accepted" : result.error().message;
}

TEST(Reader, a_file_changes_what_it_names_and_nothing_else) {
  const auto result = read(R"({
    // people comment
    "$schema": "x", "_note": {"a": 1},
    "server": {"port": 1234, "_was": 8000,},
    "log": {"level": "warn"},
    "engine": {"load_timeout": 5, "path": "/e", "slots": null},
    "inference": {"top_p": 0.5},
  })");
  ASSERT_TRUE(result);
  Settings expected;
  expected.server.port = 1234;
  expected.log.level = log::Level::warn;
  expected.engine.load_timeout = std::chrono::seconds(5);
  expected.engine.path = "/e";
  expected.inference.top_p = 0.5;
  EXPECT_EQ(result->settings, expected);
  EXPECT_THAT(result->named, ElementsAre("server.port", "log.level", "engine.load_timeout",
                                         "engine.path", "engine.slots", "inference.top_p"));
}

TEST(Reader, what_is_not_named_stays) {
  Settings before;
  before.inference.top_k = 5;
  const auto result =
      read_settings(R"({"inference": {"temperature": 0}})", before, look_up_in(one_variable));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->settings.inference.top_k, 5);
  EXPECT_EQ(result->settings.inference.temperature, 0);
}

TEST(Reader, profiles_are_models_of_the_users) {
  const auto result = read(R"({"profiles": {
    "_note": 1,
    "coder": {"model": "llf-nano", "prompt": "coder", "inference": {"temperature": 0.2},
              "context": 8192, "pinned": true, "keep_alive": 60,
              "arguments": {"flash-attn": "on", "no-mmap": true, "lora": ["/a", "/b"]}},
    "qwen2.5:fast": {"model": "/m/q.gguf"}}})");
  ASSERT_TRUE(result) << result.error().message;
  const auto& coder = result->settings.profiles.at("coder");
  EXPECT_EQ(coder.model, "llf-nano");
  EXPECT_EQ(coder.inference.temperature, 0.2);
  EXPECT_EQ(coder.context, 8192);
  EXPECT_TRUE(coder.pinned);
  EXPECT_EQ(coder.keep_alive, std::chrono::seconds(60));
  EXPECT_EQ(coder.arguments.size(), 3U);
  EXPECT_TRUE(result->settings.profiles.contains("qwen2.5:fast"));
  EXPECT_EQ(result->settings.profiles.size(), 2U);
}

TEST(Reader, a_wrong_profile_is_told_with_its_place) {
  EXPECT_EQ(error_of(R"({"profiles": {"a": {}}})"),
            R"(line 1, column 20: profiles.a: it needs a model: "model": "llf-nano")");
  EXPECT_EQ(error_of(R"({"profiles": {"a": {"model": "m", "modle": 1}}})"),
            "line 1, column 35: there is no setting 'profiles.a.modle'. Did you mean 'model'?");
  EXPECT_EQ(error_of(R"({"profiles": {"a": {"model": "m", "inference": {"top_p": 2}}}})"),
            "line 1, column 58: profiles.a.inference.top_p: 2 is not a number from 0 to 1");
  EXPECT_EQ(error_of(R"({"profiles": {"a": 1}})"),
            "line 1, column 20: profiles.a: is not an object of settings");
  EXPECT_THAT(error_of(R"({"profiles": {"a b": {"model": "m"}}})"),
              HasSubstr("no white space and no '/'"));
  EXPECT_EQ(error_of(R"({"profiles": {"a": {"model": "m", "arguments": {"--x": 1}}}})"),
            "line 1, column 48: profiles.a.arguments: '--x' is no name of a flag: write it without "
            "dashes in front, in small letters: 'x'");
}

TEST(Reader, a_wrong_file_is_told_with_its_place) {
  EXPECT_EQ(error_of("{\n  \"server\": {\"port\": 70000}\n}"),
            "line 2, column 22: server.port: 70000 is not a whole number from 0 to 65535");
  EXPECT_EQ(error_of(R"({"server": {"port": "8000"}})"),
            R"(line 1, column 21: server.port: "8000" is not a whole number from 0 to 65535)");
  EXPECT_EQ(error_of(R"({"server": {"port": 80.5}})"),
            "line 1, column 21: server.port: 80.5 is not a whole number from 0 to 65535");
  EXPECT_EQ(error_of(R"({"server": {"host": []}})"),
            "line 1, column 21: server.host: a list is not a text in quotes");
  EXPECT_EQ(error_of(R"({"log": {"level": "loud"}})"),
            R"(line 1, column 19: log.level: "loud" is none of debug, info, warn, error)");
  EXPECT_EQ(error_of(R"({"models": {"folder": "~/m"}})"),
            "line 1, column 23: models.folder: \"~/m\" does not begin with '/': a path in the "
            "settings file must be absolute");
  EXPECT_EQ(error_of(R"({"server": 8000})"),
            "line 1, column 12: server: is not an object of settings");
  EXPECT_EQ(error_of(R"({"prompts": {"variables": {"a": 1}}})"),
            "line 1, column 27: prompts.variables: the value of 'a' is not a text in quotes");
  EXPECT_THAT(error_of("{\n"), HasSubstr("line 2, column 1"));
  EXPECT_THAT(error_of("[]"), HasSubstr("an object of sections"));
  EXPECT_THAT(error_of(""), HasSubstr("ends too early"));
}

TEST(Reader, an_unknown_key_gets_the_nearest) {
  EXPECT_EQ(error_of(R"({"server": {"prot": 1}})"),
            "line 1, column 13: there is no setting 'server.prot'. Did you mean 'port'?");
  EXPECT_EQ(error_of("{\n \"sever\": {}}"),
            "line 2, column 2: there is no setting 'sever'. Did you mean 'server'?");
  EXPECT_EQ(error_of(R"({"profile": {}})"),
            "line 1, column 2: there is no setting 'profile'. Did you mean 'profiles'?");
  EXPECT_EQ(error_of(R"({"server": {"level": "info"}})"),
            "line 1, column 13: there is no setting 'server.level'. Did you mean 'log.level'?");
  EXPECT_EQ(error_of(R"({"log": {"level": "info", "zzzzzzzz": 1}})"),
            "line 1, column 27: there is no setting 'log.zzzzzzzz'.");
}

TEST(Reader, a_value_may_be_elsewhere) {
  const auto result = read(R"({"server": {"port": {"env": "PORT_OF_MINE"}}})");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->settings.server.port, 1234);
  EXPECT_EQ(error_of(R"({"server": {"api_key": {"env": "NO_SUCH"}}})"),
            "line 1, column 24: server.api_key: the variable NO_SUCH is not set");
  EXPECT_THAT(error_of(R"({"server": {"api_key": {"file": "key"}}})"),
              HasSubstr("must be absolute"));
  EXPECT_EQ(error_of(R"({"server": {"api_key": 5}})"),
            "line 1, column 24: server.api_key: the value is not a text in quotes");
  EXPECT_EQ(error_of(R"({"server": {"idle_exit": {"env": "PORT_OF_MINE"}},
                         "log": {"level": {"env": "PORT_OF_MINE"}}})"),
            R"(line 2, column 43: log.level: {"env":"PORT_OF_MINE"} is none of debug, info, warn, )"
            "error");
}

TEST(Reader, an_error_is_short_however_long_the_file) {
  const std::string longer(5000, 'k');
  EXPECT_EQ(error_of(R"({"server": {")" + longer + R"(": 1}})"),
            "line 1, column 13: there is no setting 'server.…'.");
  EXPECT_EQ(error_of(R"({"log": {"level": ")" + longer + R"("}})"),
            "line 1, column 19: log.level: that is none of debug, info, warn, error");
}

TEST(Reader, endpoints_are_named_by_the_user) {
  const auto result = read(R"({"endpoints": {
    "office": {"url": "http://10.0.0.5:8000/v1", "models": ["a", "b"], "dialect": "vllm",
               "api_key": {"env": "PORT_OF_MINE"}, "timeout": 5},
    "_old": 1
  }})");
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->settings.endpoints.size(), 1);
  const auto& office = result->settings.endpoints.at("office");
  EXPECT_EQ(office.url, "http://10.0.0.5:8000/v1");
  EXPECT_EQ(office.models, (json::Array{"a", "b"}));
  EXPECT_EQ(office.dialect, Dialect::vllm);
  EXPECT_EQ(office.api_key, "1234");
  EXPECT_EQ(office.timeout, std::chrono::seconds(5));
  EXPECT_THAT(result->named, ElementsAre("endpoints"));
}

TEST(Reader, a_wrong_endpoint_is_told) {
  const auto error = [](std::string_view members) {
    return error_of(fmt::format(R"({{"endpoints": {{"a": {{{}}}}}}})", members));
  };
  EXPECT_EQ(error(""),
            R"(line 1, column 21: endpoints.a: it needs a url: "url": "http://10.0.0.5:8000/v1")");
  EXPECT_THAT(error(R"("url": "10.0.0.5:8000")"), HasSubstr("endpoints.a.url: '10.0.0.5:8000' is"));
  EXPECT_THAT(error(R"("url": "http://h/", "models": "a")"), HasSubstr("not a list of names"));
  EXPECT_THAT(error(R"("url": "http://h/", "models": [1])"), HasSubstr("not a list of names"));
  EXPECT_THAT(error(R"("url": "http://h/", "dialect": "ollama")"),
              HasSubstr("none of openai, llama, vllm"));
  EXPECT_THAT(error(R"("url": "http://h/", "certificates": "ca.pem")"),
              HasSubstr("must be absolute"));
  EXPECT_THAT(error(R"("url": "http://h/", "tiemout": 1)"), HasSubstr("Did you mean 'timeout'?"));
  EXPECT_THAT(error_of(R"({"endpoints": {"a/b": {"url": "http://h/"}}})"),
              HasSubstr("the name of an endpoint"));
}

// F29: whatever is cut off a good file, the rest is told with its place, or is good.
TEST(Reader, a_file_truncated_anywhere_is_told) {
  const std::string whole = R"({"server": {"port": 1}, // c
 "profiles": {"a": {"model": "m", "arguments": {"x": [1, "\u00e9"]}}}})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto result = read(std::string_view(whole).substr(0, size));
    ASSERT_FALSE(result) << size;
    EXPECT_THAT(result.error().message, HasSubstr("line ")) << size;
  }
  EXPECT_TRUE(read(whole));
}

// F29: as some editors on other systems begin a file.
TEST(Reader, a_byte_order_mark_is_no_mistake) {
  EXPECT_EQ(error_of("\xEF\xBB\xBF{\"server\": {\"port\": 1}}"), "accepted");
}

}  // namespace
}  // namespace llf::config
