#include "remote/directory.hpp"

#include "base/limits.hpp"
#include "net/run.hpp"
#include "net/server_fixture_test.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace llf::remote {
namespace {

config::Endpoint endpoint(std::vector<std::string> models,
                          std::string url = "http://127.0.0.1:1/v1") {
  config::Endpoint made{.url = std::move(url)};
  made.models = json::Array(models.begin(), models.end());
  return made;
}

class DirectoryTest : public testing::Test {
 protected:
  void TearDown() override { static_cast<void>(net::run_until_done(loop_, directory_.end())); }

  [[nodiscard]] std::string found(std::string_view name) const {
    const auto model = directory_.find(name);
    return model ? fmt::format("{} {}", model->id, model->name) : "-";
  }
  std::string chosen(std::string_view model, const std::set<std::string>& tried = {}) {
    const auto use = directory_.acquire(*directory_.find(model), 0, tried);
    return use ? use->name() : use.error().message;
  }

  net::Loop loop_;
  Directory directory_{loop_, [](const char*) { return std::nullopt; },
                       [](const std::string&) -> Expected<std::shared_ptr<net::CipherSource>> {
                         return failure(ErrorKind::unavailable, "no TLS in this test");
                       }};
};

TEST_F(DirectoryTest, a_name_means_a_model_of_all_or_of_one_or_the_beginning_of_one) {
  directory_.set(
      {{"home", endpoint({"qwen3-32b", "org/llama"})}, {"office", endpoint({"qwen3-32b", "phi"})}});
  EXPECT_EQ(directory_.models(), (std::vector<std::string>{"org/llama", "phi", "qwen3-32b"}));
  EXPECT_EQ(found("qwen3-32b"), "qwen3-32b qwen3-32b");
  EXPECT_EQ(found("office/qwen3-32b"), "office/qwen3-32b qwen3-32b");
  EXPECT_EQ(found("home/org/llama"), "home/org/llama org/llama");
  EXPECT_EQ(found("org/llama"), "org/llama org/llama");
  EXPECT_EQ(found("QWEN"), "qwen3-32b qwen3-32b");
  EXPECT_EQ(found("office/org/llama"), "-");
  EXPECT_EQ(found("x"), "-");
  EXPECT_EQ(found(""), "-");
}

TEST_F(DirectoryTest, requests_go_to_the_one_with_the_least_to_do) {
  directory_.set({{"a", endpoint({"m"})}, {"b", endpoint({"m"})}});
  const auto model = *directory_.find("m");
  const auto first = directory_.acquire(model, 0, {});
  const auto second = directory_.acquire(model, 0, {});
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->name(), second->name());
  EXPECT_EQ(directory_.acquire({.id = "b/m", .name = "m"}, 0, {})->name(), "b");
}

TEST_F(DirectoryTest, F48_one_that_failed_is_left_alone_and_says_why) {
  directory_.set({{"a", endpoint({"m"})}, {"b", endpoint({"m"})}});
  directory_.acquire({.id = "a/m", .name = "m"}, 0, {})->failed({.message = "it broke"});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(chosen("m"), "b");
  EXPECT_EQ(chosen("a/m"), "the endpoint 'a' is left alone for 1 s: it broke");
  EXPECT_EQ(directory_.pause(*directory_.find("m")), std::nullopt);
  EXPECT_TRUE(directory_.pause(*directory_.find("a/m")));
  EXPECT_EQ(directory_.status()[0].state, Health::State::paused);
  EXPECT_EQ(chosen("m", {"b"}), "the endpoint 'a' is left alone for 1 s: it broke");
}

TEST_F(DirectoryTest, F48_a_model_that_failed_takes_the_others_nothing_away) {
  directory_.set({{"a", endpoint({"m", "n"})}});
  directory_.acquire({.id = "a/m", .name = "m"}, 0, {})->model_failed({.message = "it broke"});
  EXPECT_EQ(chosen("m"), "the model 'm' of the endpoint 'a' is left alone for 1 s: it broke");
  EXPECT_EQ(chosen("n"), "a");
  EXPECT_EQ(directory_.status()[0].state, Health::State::good);
  EXPECT_EQ(directory_.pause(*directory_.find("n")), std::nullopt);
  EXPECT_TRUE(directory_.pause(*directory_.find("m")));
  directory_.acquire({.id = "a/n", .name = "n"}, 0, {})->served();
  EXPECT_NE(chosen("m"), "a");
  directory_.acquire({.id = "a/n", .name = "n"}, 0, {})->failed({.message = "gone"});
  EXPECT_EQ(chosen("m"), "the endpoint 'a' is left alone for 1 s: gone");
}

TEST_F(DirectoryTest, what_is_used_counts_until_it_ends) {
  directory_.set({{"a", endpoint({"m"})}});
  {
    const auto use = directory_.acquire(*directory_.find("m"), 0, {});
    EXPECT_EQ(directory_.status()[0].active, 1);
    // Also where the settings have changed meanwhile.
    directory_.set({});
    EXPECT_EQ(use->name(), "a");
  }
  EXPECT_TRUE(directory_.status().empty());
}

TEST_F(DirectoryTest, what_is_known_of_one_that_stays_stays) {
  directory_.set({{"a", endpoint({"m"})}, {"b", endpoint({"m"})}});
  directory_.acquire({.id = "a/m", .name = "m"}, 0, {})->failed({.message = "it broke"});
  directory_.set({{"a", endpoint({"m"})}, {"b", endpoint({"n"})}});
  EXPECT_EQ(directory_.status()[0].state, Health::State::paused);
  directory_.set({{"a", endpoint({"m"}, "http://127.0.0.1:2/v1")}});
  EXPECT_EQ(directory_.status()[0].state, Health::State::good);
}

TEST_F(DirectoryTest, one_whose_settings_cannot_be_used_says_so) {
  auto proxied = endpoint({"m"});
  proxied.proxy = "https://proxy.example";
  directory_.set({{"a", proxied}, {"b", endpoint({"n"}, "https://127.0.0.1:1/v1")}});
  EXPECT_EQ(chosen("m"),
            "the endpoint 'a': endpoints.a.proxy: a proxy must be one of http://, and not of "
            "https://");
  EXPECT_EQ(chosen("n"), "the endpoint 'b': no TLS in this test");
}

TEST_F(DirectoryTest, lists_are_fetched_once_for_all_who_wait) {
  std::vector<std::string> seen;
  net::test::ServerFixture server([&seen](net::Request& request, net::Responder& responder) {
    seen.push_back(request.target);
    return [](net::Responder& to) -> Task<void> {
      static_cast<void>(co_await to.send(
          {.status = 200, .headers = {}, .body = R"({"data":[{"id":"listed"}]})"}));
    }(responder);
  });
  directory_.set({{"a", endpoint({}, fmt::format("http://127.0.0.1:{}/v1/", server.port()))},
                  {"dead", endpoint({})}});
  EXPECT_TRUE(directory_.is_due());
  EXPECT_EQ(found("listed"), "-");
  net::TaskGroup waiting(loop_, "waiting");
  for (int i = 0; i < 5; ++i) waiting.spawn(directory_.refresh());
  static_cast<void>(net::run_until_done(loop_, waiting.join()));
  EXPECT_FALSE(directory_.is_due());
  EXPECT_EQ(found("listed"), "listed listed");
  EXPECT_TRUE(directory_.status()[1].error.contains("127.0.0.1:1")) << directory_.status()[1].error;
  static_cast<void>(net::run_until_done(loop_, directory_.refresh()));
  server.stop();
  EXPECT_EQ(seen, (std::vector<std::string>{"/v1/models"}));
}

}  // namespace
}  // namespace llf::remote
