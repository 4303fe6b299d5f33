#include "client/event_stream.hpp"

#include "client/test_daemon.hpp"

#include <gtest/gtest.h>

namespace llf::client {
namespace {

struct Read {
  std::vector<std::string> events;
  std::optional<Error> error;
};

Task<Read> read_all(std::string socket) {
  Read out;
  auto response =
      co_await net::request(net::Endpoint::unix_socket(std::move(socket)), net::ClientRequest{});
  if (!response) {
    out.error = response.error();
    co_return out;
  }
  EventStream stream(std::move(*response));
  while (true) {
    const auto event = co_await stream.next();
    if (!event) out.error = event.error();
    if (!event || !*event) co_return out;
    out.events.push_back((*event)->data);
  }
}

Read read(std::vector<std::string> chunks, StreamEnd end) {
  TestDaemon daemon;
  daemon.answer([chunks = std::move(chunks), end](net::Request&, net::Responder& responder) {
    return write_events(responder, chunks, end);
  });
  return daemon.run(read_all(daemon.socket()));
}

TEST(EventStream, events_come_whole_however_they_were_sent) {
  const auto got = read({"data: a\n", "\ndata: b\n\ndata", ": c\n\n"}, StreamEnd::regular);
  EXPECT_FALSE(got.error);
  EXPECT_EQ(got.events, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(EventStream, an_end_inside_an_event_is_an_error) {
  const auto got = read({"data: a\n\n", "data: b\n"}, StreamEnd::regular);
  EXPECT_EQ(got.events, std::vector<std::string>{"a"});
  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, ErrorKind::upstream);
}

TEST(EventStream, a_cut_is_an_error) {
  const auto got = read({"data: a\n\n"}, StreamEnd::cut);
  EXPECT_EQ(got.events, std::vector<std::string>{"a"});
  ASSERT_TRUE(got.error);
}

TEST(EventStream, an_event_past_the_limit_is_an_error) {
  const auto got = read({"data: " + std::string(limits::kSseLine.bytes() + 1, 'x') + "\n\n"},
                        StreamEnd::regular);
  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace llf::client
