#include "net/upstream_body.hpp"

#include "net/raw_socket_test.hpp"
#include "net/run.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace llf::net {
namespace {

using test::RawListener;

struct Received {
  int status = 0;
  std::string body;
};

Task<Expected<Received>> receive(Endpoint endpoint, ClientRequest what, Timeouts timeouts) {
  const bool waits = what.method == "WAIT";
  auto response = co_await request(std::move(endpoint), std::move(what), timeouts);
  if (!response) co_return failure(response.error());
  if (waits) {
    auto begun = co_await response->wait_for_body();
    if (begun) begun = co_await response->wait_for_body();
    if (!begun) co_return failure(begun.error());
  }
  auto body = co_await response->read_all(ByteSize::mib(8));
  if (!body) co_return failure(body.error());
  co_return Received{.status = response->status(), .body = std::move(*body)};
}

/// Asks a server that reads the request's head and then sends `bytes` and closes.
Expected<Received> answer_of(const std::string& bytes, ClientRequest what = {}) {
  const RawListener listener;
  std::string seen;
  std::thread server([&] {
    auto connection = listener.accept();
    seen = connection.read_until("\r\n\r\n");
    connection.send(bytes);
  });
  Loop loop;
  auto result = run_until_done(
      loop, receive(Endpoint::tcp("127.0.0.1", listener.port()), std::move(what), {}));
  server.join();
  EXPECT_TRUE(seen.ends_with("\r\n\r\n"));
  return result;
}

TEST(UpstreamBody, reads_bodies_of_every_framing) {
  const auto body = [](const std::string& bytes) { return answer_of(bytes).value().body; };
  EXPECT_EQ(body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloEXTRA"), "hello");
  EXPECT_EQ(body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "2\r\nab\r\n1;x\r\nc\r\n0\r\nT: u\r\n\r\n"),
            "abc");
  EXPECT_EQ(body("HTTP/1.0 200 OK\r\n\r\nto the end"), "to the end");
  EXPECT_EQ(body("HTTP/1.1 204 No Content\r\n\r\n"), "");
  EXPECT_EQ(body("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "");
}

TEST(UpstreamBody, skips_interim_answers_but_not_without_end) {
  EXPECT_EQ(answer_of("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\n"
                      "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
                .value()
                .status,
            404);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "HTTP/1.1 102 Processing\r\n\r\n";
  EXPECT_EQ(answer_of(many).error().kind, ErrorKind::upstream);
  EXPECT_EQ(answer_of("HTTP/1.1 101 Switching Protocols\r\n\r\n").error().kind,
            ErrorKind::upstream);
}

TEST(UpstreamBody, waiting_for_a_body_takes_nothing_of_it) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(answer_of(head + "3\r\nabc\r\n0\r\n\r\n", {.method = "WAIT"}).value().body, "abc");
  EXPECT_EQ(answer_of(head, {.method = "WAIT"}).error().kind, ErrorKind::upstream);
}

TEST(UpstreamBody, an_answer_cut_at_any_byte_is_an_error) {
  for (const std::string& whole : std::vector<std::string>{
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto result = answer_of(whole.substr(0, size));
      ASSERT_FALSE(result) << size;
      EXPECT_EQ(result.error().kind, ErrorKind::upstream) << size;
    }
  }
}

TEST(UpstreamBody, broken_framing_is_an_upstream_error) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const std::string& bytes : std::vector<std::string>{
           ok + "Transfer-Encoding: gzip\r\n\r\n",
           ok + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
           ok + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
           ok + "Content-Length: 3, 3\r\n\r\nabc",
           ok + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\n3;x\nabc\r\n0\r\n\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nbad trailer\r\n\r\n",
           ok + "A: b\r\n folded\r\n\r\n",
           ok + "A: " + std::string(100'000, 'x') + "\r\n\r\n",
           "<html>not HTTP</html>\r\n\r\n",
           "HTTP/1.1 200 OK\n\nabc",
           std::string(100'000, 'x'),
       }) {
    const auto result = answer_of(bytes);
    ASSERT_FALSE(result) << bytes.substr(0, 100);
    EXPECT_EQ(result.error().kind, ErrorKind::upstream) << bytes.substr(0, 100);
  }
}

}  // namespace
}  // namespace llf::net
