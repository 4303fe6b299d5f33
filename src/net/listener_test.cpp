#include "net/listener.hpp"

#include "net/server_fixture_test.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace llf::net {
namespace {

using test::kGet;
using test::read_answer;
using test::ServerFixture;

Task<void> answer(Request&, Responder& responder) {
  static_cast<void>(co_await responder.send({.status = 200, .headers = {}, .body = "ok"}));
}

/// Lowers the limit of open files to a few more than are open now.
class FewFiles {
 public:
  explicit FewFiles(int more) {
    ::getrlimit(RLIMIT_NOFILE, &old_);
    const os::UniqueFd next(::dup(0));
    rlimit low = old_;
    low.rlim_cur = static_cast<rlim_t>(next.get()) + static_cast<rlim_t>(more);
    ::setrlimit(RLIMIT_NOFILE, &low);
  }
  FewFiles(const FewFiles&) = delete;
  FewFiles& operator=(const FewFiles&) = delete;
  ~FewFiles() { ::setrlimit(RLIMIT_NOFILE, &old_); }

 private:
  rlimit old_{};
};

TEST(Listener, running_out_of_files_neither_ends_nor_breaks_it) {
  ServerFixture server(answer, {.max_connections = 1000});
  auto old = server.tcp();
  old.send(kGet);
  EXPECT_EQ(read_answer(old), "200 ok");
  {
    std::vector<test::RawSocket> clients;
    const FewFiles limit(13);
    // Both ends of a connection are in this process, so that each client takes two.
    for (int i = 0; i < 8; ++i) {
      os::UniqueFd probe(::dup(0));
      if (!probe) break;
      probe.reset();
      clients.push_back(server.tcp());
    }
    EXPECT_GE(clients.size(), 4U);
    // One of them is told by a close; the stream that was there lives on.
    std::size_t closed = 0;
    for (auto& client : clients) closed += client.is_silent() ? 0 : 1;
    EXPECT_GE(closed, 1U);
    old.send(kGet);
    EXPECT_EQ(read_answer(old), "200 ok");
  }
  auto later = server.tcp();
  later.send(kGet);
  EXPECT_EQ(read_answer(later), "200 ok");
}

TEST(Listener, listening_says_what_is_wrong) {
  Loop loop;
  HttpServer server(loop);
  const auto port = server.listen_tcp("127.0.0.1", 0);
  ASSERT_TRUE(port);
  EXPECT_NE(*port, 0);
  EXPECT_EQ(HttpServer(loop).listen_tcp("127.0.0.1", *port).error().kind, ErrorKind::conflict);
  EXPECT_EQ(server.listen_tcp("localhost", 0).error().kind, ErrorKind::invalid);
  EXPECT_EQ(server.listen_unix("/tmp/" + std::string(200, 'x'), 0600).error().kind,
            ErrorKind::invalid);
  EXPECT_EQ(server.listen_unix("/nonexistent/x", 0600).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(server.listen_tcp("::1", 0) || true);  // a machine may lack IPv6
}

TEST(Listener, a_stale_socket_file_is_replaced_and_a_served_one_is_not) {
  const auto path =
      std::filesystem::temp_directory_path() / fmt::format("llf-net-stale-{}", ::getpid());
  Loop loop;
  {
    HttpServer first(loop);
    ASSERT_TRUE(first.listen_unix(path.string(), 0640));
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0640));
    EXPECT_EQ(HttpServer(loop).listen_unix(path.string(), 0600).error().kind, ErrorKind::conflict);
    EXPECT_TRUE(std::filesystem::exists(path));
    first.stop_accepting();
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  // What a killed server leaves behind.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  {
    const os::UniqueFd stale(::socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(::bind(stale.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(HttpServer(loop).listen_unix(path.string(), 0600));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Listener, another_program_goes_on_where_it_stops) {
  std::vector<os::UniqueFd> sockets;
  std::string path;
  test::RawSocket waiting{os::UniqueFd()};
  test::RawSocket waiting_too{os::UniqueFd()};
  {
    ServerFixture before(answer);
    path = before.unix_path();
    auto handed = before.on_loop([&] { return before.server().hand_over(); });
    ASSERT_TRUE(handed) << handed.error().message;
    sockets = *std::move(handed);
    // Nobody accepts them now, and nobody refuses them.
    waiting = before.tcp();
    waiting_too = before.unix_socket();
    EXPECT_TRUE(std::filesystem::exists(path));
    before.stop();
    EXPECT_TRUE(std::filesystem::exists(path)) << "its socket file stays";
    waiting.send(kGet);
    waiting_too.send(kGet);
    ServerFixture after(answer);
    ASSERT_EQ(sockets.size(), 2);
    for (auto& socket : sockets) {
      EXPECT_TRUE(after.on_loop([&] { return after.server().adopt(std::move(socket)); }));
    }
    EXPECT_EQ(read_answer(waiting), "200 ok");
    EXPECT_EQ(read_answer(waiting_too), "200 ok");
    after.stop();
    EXPECT_FALSE(std::filesystem::exists(path)) << "it is removed like one of its own";
  }
}

TEST(Listener, what_does_not_listen_is_not_adopted) {
  ServerFixture server(answer);
  const auto adopt = [&](int fd) {
    return server.on_loop([&] { return server.server().adopt(os::UniqueFd(::dup(fd))); });
  };
  const os::UniqueFd unbound(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_FALSE(adopt(unbound.get()));
  EXPECT_FALSE(adopt(0));
}

}  // namespace
}  // namespace llf::net
