#include "remote/server.hpp"

#include "net/run.hpp"
#include "net/server_fixture_test.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace llf::remote {
namespace {

/// On the loop, as whoever owns a group ends it.
Task<void> end(net::TaskGroup& tasks) {
  tasks.cancel();
  co_await tasks.join();
}

/// A server elsewhere that answers with `status` and `body`, and notes what it was asked.
class ServerTest : public testing::Test {
 protected:
  net::Handler handler() {
    return [this](net::Request& request, net::Responder& responder) {
      seen_.push_back(fmt::format("{} {} {}", request.method, request.target,
                                  request.headers.get("authorization").value_or("-")));
      return responder_task(responder);
    };
  }
  Task<void> responder_task(net::Responder& responder) {
    static_cast<void>(co_await responder.send({.status = status_, .headers = {}, .body = body_}));
  }

  std::shared_ptr<Server> server(config::Endpoint settings) {
    settings.url = fmt::format("http://127.0.0.1:{}/v1", fixture_.port());
    const auto url = *Url::parse(settings.url);
    auto made = std::make_shared<Server>("office", std::move(settings), url);
    made->origin = std::make_unique<net::HttpOrigin>(
        resolver_, tasks_, net::OriginOptions{.host = url.host(), .port = url.port()});
    return made;
  }
  std::shared_ptr<Server> looked_at(config::Endpoint settings = {}) {
    auto made = server(std::move(settings));
    static_cast<void>(net::run_until_done(loop_, list_models(made)));
    return made;
  }

  void TearDown() override { static_cast<void>(net::run_until_done(loop_, end(tasks_))); }

  net::Loop loop_;
  net::Resolver resolver_{loop_};
  net::TaskGroup tasks_{loop_, "origins"};
  int status_ = 200;
  std::string body_;
  std::vector<std::string> seen_;  ///< of the fixture's loop; read when that is quiet
  net::test::ServerFixture fixture_{handler()};
};

TEST_F(ServerTest, lists_its_models_and_is_given_its_key) {
  body_ = R"({"object":"list","data":[{"id":"a"},{"id":"org/b"},{"id":7},{"name":"x"},{"id":""}]})";
  const auto made = looked_at({.api_key = "secret"});
  EXPECT_EQ(made->models, (std::vector<std::string>{"a", "org/b"}));
  EXPECT_EQ(made->error, "");
  fixture_.stop();
  EXPECT_EQ(seen_, (std::vector<std::string>{"GET /v1/models Bearer secret"}));
}

TEST_F(ServerTest, F48_what_is_wrong_with_a_list_is_told_and_the_last_one_stays) {
  body_ = R"({"data":[{"id":"a"}]})";
  const auto made = looked_at();
  for (const auto& [status, body, message] :
       {std::tuple{200, "<html>", "what it answers is no list of models"},
        std::tuple{401, "{}", "it refuses the key (401): set endpoints.office.api_key"},
        std::tuple{404, "{}", "it answered 404 to http"}}) {
    fixture_.on_loop([&] {
      status_ = status;
      body_ = body;
      return 0;
    });
    static_cast<void>(net::run_until_done(loop_, list_models(made)));
    EXPECT_TRUE(made->error.starts_with(message)) << made->error;
    EXPECT_TRUE(made->has("a"));
  }
}

TEST_F(ServerTest, is_looked_at_again_sooner_after_a_failure) {
  body_ = R"({"data":[{"id":"a"}]})";
  const auto made = looked_at();
  const auto now = mono_now();
  EXPECT_FALSE(made->is_due(now));
  EXPECT_TRUE(made->is_due(now + limits::kModelsInterval));
  body_ = "";
  const auto failed = looked_at();
  EXPECT_FALSE(failed->is_due(mono_now()));
  EXPECT_TRUE(failed->is_due(mono_now() + limits::kModelsRetry));
}

TEST_F(ServerTest, one_whose_models_the_settings_name_is_never_asked) {
  const auto made = server({.models = {"a"}});
  EXPECT_FALSE(made->is_due(mono_now() + std::chrono::hours(1000)));
}

TEST_F(ServerTest, a_list_without_end_is_cut) {
  std::string many = R"({"data":[)";
  for (std::size_t i = 0; i <= limits::kEndpointModels; ++i) {
    many += fmt::format(R"({}{{"id":"m{}"}})", i == 0 ? "" : ",", i);
  }
  body_ = many + "]}";
  EXPECT_EQ(looked_at()->models.size(), limits::kEndpointModels);
}

}  // namespace
}  // namespace llf::remote
