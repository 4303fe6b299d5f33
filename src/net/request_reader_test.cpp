#include "net/request_reader.hpp"

#include "net/server_fixture_test.hpp"
#include "net/timer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace llf::net {
namespace {

using namespace std::chrono_literals;
using test::counting;
using test::kGet;
using test::post;
using test::read_answer;
using test::ServerFixture;

TEST(RequestReader, a_body_is_accepted_up_to_the_limit_and_not_past_it) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen), {.body_limit = ByteSize(100)});
  for (const std::size_t size : {99U, 100U, 101U}) {
    const auto status = size > 100 ? "413" : "200";
    auto by_length = server.tcp();
    by_length.send(post(fmt::format("Content-Length: {}\r\n", size), std::string(size, 'x')));
    EXPECT_TRUE(read_answer(by_length).starts_with(status)) << size;
    auto chunked = server.tcp();
    chunked.send(post("Transfer-Encoding: chunked\r\n",
                      fmt::format("32\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n", std::string(50, 'x'),
                                  size - 50, std::string(size - 50, 'y'))));
    EXPECT_TRUE(read_answer(chunked).starts_with(status)) << size;
  }
  server.stop();
  EXPECT_EQ(seen.size(), 4U);
}

TEST(RequestReader, a_client_that_sends_it_all_first_still_reads_the_413) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen), {.body_limit = ByteSize::kib(64)});
  for (const bool chunked : {false, true}) {
    auto client = server.tcp();
    client.send(post(chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 2097152\r\n"));
    for (int i = 0; i < 128; ++i) {
      const std::string part(16384, 'x');
      ASSERT_TRUE(client.send(chunked ? "4000\r\n" + part + "\r\n" : part)) << i;
    }
    const auto answer = read_answer(client);
    EXPECT_TRUE(answer.starts_with("413 {\"error\":{")) << answer;
    EXPECT_NE(answer.find("\"code\":\"body_too_large\""), std::string::npos);
    EXPECT_EQ(client.read_all(), "");
    EXPECT_EQ(client.error(), 0);
  }
}

TEST(RequestReader, bodies_in_flight_are_limited_in_sum_and_given_back) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen), {.bodies_in_flight = ByteSize(1000)});
  auto first = server.tcp();
  first.send(post("Content-Length: 900\r\n", std::string(899, 'x')));
  auto second = server.tcp();
  second.send(post("Content-Length: 900\r\n", std::string(800, 'x')));
  // Whichever came second has no room.
  EXPECT_TRUE(server.eventually([&] { return server.server().connections() == 2; }));
  const auto answer = read_answer(second);
  EXPECT_TRUE(answer.starts_with("503 ")) << answer;
  first.send("x");
  EXPECT_EQ(read_answer(first), "200 ok");
  auto third = server.tcp();
  third.send(post("Content-Length: 900\r\n", std::string(900, 'x')));
  EXPECT_EQ(read_answer(third), "200 ok");
}

TEST(RequestReader, a_head_that_comes_too_slowly_is_a_408) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen), {.header_timeout = 20ms});
  auto client = server.tcp();
  client.send("GET / HT");
  EXPECT_TRUE(read_answer(client).starts_with("408 "));
  EXPECT_EQ(client.read_all(), "");
}

TEST(RequestReader, a_body_that_comes_too_slowly_is_a_408) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen), {.body_grace = 20ms});
  auto client = server.tcp();
  client.send(post("Content-Length: 100\r\n", "x"));
  EXPECT_TRUE(read_answer(client).starts_with("408 "));
}

TEST(RequestReader, an_idle_connection_is_closed_without_a_word) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen), {.keep_alive_timeout = 20ms});
  auto fresh = server.tcp();
  EXPECT_EQ(fresh.read_all(), "");
  auto used = server.unix_socket();
  used.send(kGet);
  EXPECT_EQ(read_answer(used), "200 ok");
  EXPECT_EQ(used.read_all(), "");
}

TEST(RequestReader, a_client_that_leaves_in_the_middle_of_a_request_is_forgotten) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen));
  for (const auto& part : {std::string("GET / HT"), post("Content-Length: 9\r\n", "abc")}) {
    auto client = server.tcp();
    client.send(part);
    client.end_sending();
    EXPECT_EQ(client.read_all(), "");
  }
  EXPECT_TRUE(server.eventually([&] { return server.server().connections() == 0; }));
  server.stop();
  EXPECT_TRUE(seen.empty());
}

}  // namespace
}  // namespace llf::net
