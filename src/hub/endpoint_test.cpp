#include "hub/endpoint.hpp"

#include "base/limits.hpp"
#include "hub/test_server.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>

namespace llf::hub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Endpoint find(const std::map<std::string, std::string>& values) {
  auto endpoint = find_endpoint([&](const char* name) -> std::optional<std::string> {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  });
  EXPECT_TRUE(endpoint);
  return *std::move(endpoint);
}

Url url(std::string_view text) {
  return *Url::parse(text);
}

TEST(Endpoint, is_where_other_clients_find_it) {
  EXPECT_EQ(find({}).url.origin(), "https://huggingface.co:443");
  EXPECT_EQ(find({{"HF_ENDPOINT", "http://mirror.example:81"}}).url.origin(),
            "http://mirror.example:81");
  EXPECT_TRUE(find({{"HF_HUB_OFFLINE", "1"}}).offline);
  EXPECT_FALSE(find({{"HF_HUB_OFFLINE", "0"}}).offline);
  const auto bad = find_endpoint([](const char*) { return std::optional<std::string>("x"); });
  EXPECT_THAT(bad.error().message, HasSubstr("HF_ENDPOINT"));
  const auto named = find_endpoint([](const char*) { return std::optional<std::string>("x"); },
                                   url("https://hub.example"));
  ASSERT_TRUE(named) << "nobody asks for ours";
  EXPECT_EQ(named->url, url("https://hub.example"));
  EXPECT_THAT(named->token, IsEmpty());
}

TEST(Endpoint, takes_its_token_from_the_variable_or_a_file) {
  const os::TestFolder folder;
  std::filesystem::create_directories(folder / ".cache/huggingface");
  std::ofstream(folder / ".cache/huggingface/token") << "of-home\n";
  std::ofstream(folder / "mine") << "of-path";
  const auto home = folder.path().native();
  EXPECT_EQ(find({{"HOME", home}}).token, "of-home");
  EXPECT_EQ(find({{"HOME", home}, {"HF_TOKEN_PATH", home + "/mine"}}).token, "of-path");
  EXPECT_EQ(find({{"HF_HOME", home + "/.cache/huggingface"}}).token, "of-home");
  EXPECT_EQ(find({{"HOME", home}, {"HF_TOKEN", "own\r\nX-Evil: 1"}}).token, "own");
  EXPECT_EQ(find({{"HF_TOKEN_PATH", "/nowhere/token"}}).token, "");
}

// SEC-33
TEST(Endpoint, gives_the_token_to_its_own_origin_only) {
  const Endpoint endpoint{.url = url("https://hub.example"), .token = "secret"};
  EXPECT_THAT(credentials(endpoint, url("https://hub.example/a")),
              ElementsAre("Authorization: Bearer secret"));
  for (const auto* other : {"http://hub.example/a", "https://hub.example:444/a",
                            "https://cdn.hub.example/a", "https://hub.example.evil/a"}) {
    EXPECT_THAT(credentials(endpoint, url(other)), IsEmpty()) << other;
  }
}

TEST(Endpoint, follows_no_redirect_to_a_weaker_place) {
  const auto to = [](std::string_view from, std::string location) {
    return follow(url(from), {.status = 302, .fields = {{"location", std::move(location)}}});
  };
  EXPECT_EQ(to("https://a.example/x", "/y")->str(), "https://a.example/y");
  EXPECT_TRUE(to("http://a.example/x", "http://b.example/"));
  EXPECT_THAT(to("https://a.example/x", "http://a.example/x").error().message,
              HasSubstr("from https to http"));
  EXPECT_FALSE(to("https://a.example/x", "file:///etc/passwd"));
  EXPECT_FALSE(follow(url("https://a.example"), {.status = 302, .fields = {}}));
}

TEST(Endpoint, says_what_a_refusal_means) {
  const Endpoint open{.url = url("https://hub.example"), .token = {}};
  const auto error = [&](int status, const char* code) {
    HttpHead head{.status = status, .fields = {}};
    if (*code != '\0') head.fields.emplace_back("x-error-code", code);
    return answer_error(head, url("https://hub.example/a?sig=x"), open);
  };
  EXPECT_EQ(error(401, "GatedRepo").kind, ErrorKind::forbidden);
  EXPECT_THAT(error(401, "GatedRepo").message, HasSubstr("accept its terms"));
  EXPECT_EQ(error(401, "RepoNotFound").kind, ErrorKind::not_found);
  EXPECT_THAT(error(404, "RevisionNotFound").message, HasSubstr("no such branch, tag or commit"));
  EXPECT_EQ(error(404, "").kind, ErrorKind::not_found);
  EXPECT_THAT(error(403, "").message, HasSubstr("HF_TOKEN"));
  EXPECT_EQ(error(429, "").kind, ErrorKind::unavailable);
  EXPECT_THAT(answer_error({.status = 429, .fields = {{"retry-after", "3600"}}},
                           url("https://hub.example"), open)
                  .message,
              HasSubstr("try again in 3600 s"));
  EXPECT_EQ(error(503, "").kind, ErrorKind::unavailable);
  EXPECT_EQ(error(418, "").message, "https://hub.example/a answers HTTP 418");
}

/// What a question comes to that a server answers like this, one answer after the other.
class AskTest : public testing::Test {
 protected:
  Expected<HttpAnswer> ask_of(std::vector<std::string> answers) {
    const TestServer server([&](const std::string&) {
      return answers[std::min<std::size_t>(asked_++, answers.size() - 1)];
    });
    return ask_at(server);
  }
  Expected<HttpAnswer> ask_at(const TestServer& server) {
    auto connections = Connections::create();
    const auto stop = stop_.get_token();
    const Endpoint endpoint{.url = url(server.url("")), .token = {}};
    return ask({.connections = *connections, .endpoint = endpoint, .stop = stop},
               url(server.url("/api")));
  }

  std::stop_source stop_;
  std::atomic<std::size_t> asked_ = 0;
};

TEST_F(AskTest, a_hiccup_is_no_failure) {
  auto cut = http_answer(200, "", "something");
  cut.resize(cut.size() - 3);
  const auto answer = ask_of({http_answer(503, "", ""), cut, http_answer(200, "", "well")});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "well");
  EXPECT_EQ(asked_, 3U);
}

TEST_F(AskTest, a_server_that_asks_for_some_time_is_asked_again) {
  const auto answer =
      ask_of({http_answer(429, "Retry-After: 1\r\n", ""), http_answer(200, "", "well")});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(asked_, 2U);
}

TEST_F(AskTest, what_does_not_pass_is_told_after_some_tries) {
  const auto answer = ask_of({http_answer(503, "", "")});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(asked_, static_cast<std::size_t>(limits::kHubTries));
}

TEST_F(AskTest, what_will_not_pass_is_told_at_once) {
  for (const int status : {400, 401, 404, 416}) {
    asked_ = 0;
    EXPECT_FALSE(ask_of({http_answer(status, "", "")})) << status;
    EXPECT_EQ(asked_, 1U) << status;
  }
}

TEST_F(AskTest, a_stop_ends_the_wait) {
  const TestServer server([this](const std::string&) {
    stop_.request_stop();
    return http_answer(503, "Retry-After: 30\r\n", "");
  });
  EXPECT_EQ(ask_at(server).error().kind, ErrorKind::cancelled);
}

TEST(Endpoint, reads_how_long_to_wait) {
  const auto wait = [](std::string text) {
    return retry_after({.status = 429, .fields = {{"retry-after", std::move(text)}}});
  };
  EXPECT_EQ(wait("7"), std::chrono::seconds(7));
  EXPECT_EQ(wait("999999"), std::chrono::seconds(60));
  EXPECT_EQ(wait("soon"), std::nullopt);
  EXPECT_EQ(wait("-1"), std::nullopt);
  EXPECT_EQ(retry_after({}), std::nullopt);
}

}  // namespace
}  // namespace llf::hub
