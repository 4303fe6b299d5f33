#include "cli/follow_work.hpp"

#include "cli/test_output.hpp"
#include "client/api_client.hpp"
#include "client/test_daemon.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

using Events = Expected<std::vector<json::Object>>;

class FollowWork : public testing::Test {
 protected:
  Events follow(std::vector<std::string> events,
                client::StreamEnd end = client::StreamEnd::regular) {
    daemon_.answer([events = std::move(events), end](net::Request&, net::Responder& responder) {
      return client::write_events(responder, events, end);
    });
    Output err(err_.get());
    ProgressDisplay display(err);
    return daemon_.run(
        ask(client::ApiClient(net::Endpoint::unix_socket(daemon_.socket())), display));
  }

 private:
  static Task<Events> ask(client::ApiClient client, ProgressDisplay& display) {
    auto stream = co_await client.export_model({});
    if (!stream) co_return failure(stream.error());
    co_return co_await follow_work(*std::move(stream), "writing", display);
  }

  TestOutput err_;
  client::TestDaemon daemon_;
};

TEST_F(FollowWork, returns_what_is_no_progress) {
  const auto events = follow({"data: {\"done_bytes\":1,\"size_bytes\":2}\n\n",
                              "data: {\"text\":{}}\n\n", "data: {\"files\":[]}\n\n"});
  ASSERT_TRUE(events) << events.error().message;
  ASSERT_EQ(events->size(), 2U);
  EXPECT_TRUE(events->back().contains("files"));
}

TEST_F(FollowWork, an_error_keeps_its_kind) {
  const auto events =
      follow({"data: {\"error\":{\"message\":\"it is there\",\"code\":\"conflict\"}}\n\n"});
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error(), (Error{ErrorKind::conflict, "it is there"}));
}

TEST_F(FollowWork, an_end_without_a_result_is_an_error) {
  EXPECT_EQ(follow({"data: {\"done_bytes\":1,\"size_bytes\":0}\n\n"}).error().kind,
            ErrorKind::upstream);
}

TEST_F(FollowWork, an_answer_that_is_cut_short_is_an_error_whatever_came) {
  const auto cut = follow({"data: {\"files\":[]}\n\n"}, client::StreamEnd::cut);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().message, "llfd ended in the middle of it");
}

}  // namespace
}  // namespace llf::cli
