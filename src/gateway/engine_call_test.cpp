#include "gateway/engine_call.hpp"

#include "gateway/answer.hpp"
#include "net/http_server.hpp"
#include "net/run.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

/// An engine that answers everything with `answer_`.
class EngineCall : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.listen_unix(engine_.unix_path, 0600));
    server_.serve([this](net::Request& request, net::Responder& responder) {
      asked_ = request.target + " " + request.body;
      return send(responder, answer_);
    });
  }
  void TearDown() override {
    static_cast<void>(net::run_until_done(loop_, server_.drain(Duration::zero())));
  }

  Expected<json::Object> call() {
    return net::run_until_done(loop_, call_engine(engine_, "/route", {{"a", 1}}));
  }
  Expected<prompt::Opening> opening() {
    return net::run_until_done(loop_, ask_for_opening(engine_));
  }

  os::TestFolder folder_;
  net::Loop loop_;
  net::Endpoint engine_ = net::Endpoint::unix_socket((folder_.path() / "s.sock").native());
  net::HttpServer server_{loop_, {.render = refusal_response}};
  net::Response answer_ = json_response(json::Object{{"b", 2}});
  std::string asked_;
};

TEST_F(EngineCall, has_the_object_of_the_answer) {
  const auto answer = call();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->at("b"), 2);
  EXPECT_EQ(asked_, R"(/route {"a":1})");
}

TEST_F(EngineCall, an_answer_that_is_no_object_is_the_engines_fault) {
  for (const auto* body : {"well", "[]", "1", ""}) {
    answer_ = {.status = 200, .headers = {}, .body = body};
    const auto answer = call();
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().kind, ErrorKind::upstream);
  }
}

TEST_F(EngineCall, what_the_engine_refuses_is_told) {
  answer_ = json_response(json::Object{{"error", {{"code", 400}, {"message", "not so"}}}}, 400);
  const auto answer = call();
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("not so"));
}

TEST_F(EngineCall, has_what_the_engine_says_of_itself) {
  const auto answer = net::run_until_done(loop_, engine_properties(engine_));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->at("b"), 2);
  EXPECT_EQ(asked_, "/props ");
}

TEST_F(EngineCall, an_opening_is_a_prefill_where_the_engine_goes_on_with_it) {
  answer_ = json_response(json::Object{{"prompt", "<assistant>Well"}});
  EXPECT_EQ(opening(), prompt::Opening::prefill);
  EXPECT_THAT(asked_, HasSubstr("/apply-template"));
  answer_ = json_response(json::Object{{"prompt", "<assistant>Well</><assistant>"}});
  EXPECT_EQ(opening(), prompt::Opening::asked_for);
  answer_ = json_response(json::Object{{"error", {{"code", 400}, {"message", "no"}}}}, 400);
  EXPECT_EQ(opening(), prompt::Opening::asked_for);
  answer_ = json_response(json::Array{});
  EXPECT_EQ(opening(), prompt::Opening::asked_for);
}

TEST_F(EngineCall, an_engine_that_cannot_be_asked_has_said_nothing_of_openings) {
  engine_.unix_path += "-not-there";
  const auto answer = opening();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace llf::gateway
