#include "gateway/event_writer.hpp"

#include "gateway/answer.hpp"
#include "net/http_client.hpp"
#include "net/run.hpp"
#include "net/timer.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

namespace llf::gateway {
namespace {

using std::chrono::milliseconds;

/// A server whose every answer is a stream of two events with a silence between them.
class EventWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.listen_unix(socket_, 0600));
    server_.serve([this](net::Request&, net::Responder& responder) { return answer(responder); });
  }
  void TearDown() override {
    static_cast<void>(net::run_until_done(loop_, server_.drain(Duration::zero())));
  }

  Task<void> answer(net::Responder& responder) {
    static_cast<void>(co_await responder.begin(200, event_stream_headers()));
    EventWriter writer(responder, ping_after_);
    static_cast<void>(co_await net::race(events(writer), writer.ping()));
  }

  Task<void> events(EventWriter& writer) {
    static_cast<void>(co_await writer.write("data: 1\n\n"));
    static_cast<void>(co_await net::sleep_for(silence_));
    static_cast<void>(co_await writer.write("data: 2\n\n"));
    static_cast<void>(co_await writer.end());
  }

  static Task<std::string> read(std::string socket) {
    auto response = co_await net::request(net::Endpoint::unix_socket(std::move(socket)), {});
    if (!response) co_return response.error().message;
    auto body = co_await response->read_all(ByteSize::mib(1));
    co_return body ? *std::move(body) : body.error().message;
  }

  os::TestFolder folder_;
  net::Loop loop_;
  std::string socket_ = (folder_.path() / "s.sock").native();
  net::HttpServer server_{loop_, {.render = refusal_response}};
  Duration ping_after_ = milliseconds(20);
  Duration silence_ = milliseconds(200);
};

TEST_F(EventWriterTest, fills_a_silence_between_two_events_with_comments) {
  const auto text = net::run_until_done(loop_, read(socket_));
  EXPECT_THAT(text, testing::StartsWith("data: 1\n\n: ping\n\n"));
  EXPECT_THAT(text, testing::EndsWith(": ping\n\ndata: 2\n\n"));
}

TEST_F(EventWriterTest, writes_nothing_more_where_there_is_none) {
  silence_ = milliseconds(0);
  ping_after_ = std::chrono::hours(1);
  EXPECT_EQ(net::run_until_done(loop_, read(socket_)), "data: 1\n\ndata: 2\n\n");
}

}  // namespace
}  // namespace llf::gateway
