#include "net/socket.hpp"

#include "net/loop_context.hpp"
#include "net/run.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

struct Pair {
  explicit Pair(Loop& loop) {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
    far.reset(fds[1]);
    os::UniqueFd ours(fds[0]);
    ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
    near.emplace(Socket::adopt(context_of(loop), std::move(ours)).value());
  }
  std::optional<Socket> near;
  os::UniqueFd far;
};

TEST(Socket, parts_go_out_as_one_message_in_order) {
  Loop loop;
  Pair pair(loop);
  EXPECT_TRUE(run_until_done(loop, pair.near->write_all({"ab", "", "cd", "e"}, 1h)));
  std::array<char, 16> buffer{};
  EXPECT_EQ(::read(pair.far.get(), buffer.data(), buffer.size()), 5);
  EXPECT_EQ(std::string_view(buffer.data(), 5), "abcde");
  EXPECT_TRUE(run_until_done(loop, pair.near->write_all({}, 1h)));
}

TEST(Socket, what_does_not_fit_is_written_when_there_is_room) {
  Loop loop;
  Pair pair(loop);
  const std::string first(3'000'000, 'a');
  const std::string second(2'000'000, 'b');
  std::string got;
  std::thread reader([&] {
    std::array<char, 65536> buffer{};
    while (got.size() < first.size() + second.size() + 1) {
      const auto n = ::read(pair.far.get(), buffer.data(), buffer.size());
      if (n <= 0) break;
      got.append(buffer.data(), static_cast<std::size_t>(n));
    }
  });
  EXPECT_TRUE(run_until_done(loop, pair.near->write_all({first, "-", second}, 1h)));
  reader.join();
  EXPECT_TRUE(got == first + "-" + second);
}

TEST(Socket, a_peer_that_does_not_read_is_a_timeout) {
  Loop loop;
  Pair pair(loop);
  const std::string large(10'000'000, 'a');
  EXPECT_EQ(run_until_done(loop, pair.near->write_all({large}, 2ms)).error().kind,
            ErrorKind::timeout);
}

TEST(Socket, a_peer_that_is_gone_is_an_error_and_no_signal) {
  Loop loop;
  Pair pair(loop);
  EXPECT_FALSE(pair.near->hung_up());
  EXPECT_EQ(pair.near->try_read(read_scratch()).state, IoResult::State::blocked);
  pair.far.reset();
  EXPECT_TRUE(pair.near->hung_up());
  EXPECT_EQ(pair.near->try_read(read_scratch()).state, IoResult::State::end);
  const auto result = pair.near->try_write({"x"});
  EXPECT_EQ(result.state, IoResult::State::failed);
  EXPECT_EQ(result.error, EPIPE);
  EXPECT_EQ(run_until_done(loop, pair.near->write_all({"x"}, 1h)).error().kind, ErrorKind::io);
}

TEST(Socket, deadline_of_no_limit_is_never) {
  EXPECT_EQ(deadline_after(Duration::max()), MonoTime::max());
  EXPECT_GT(deadline_after(1h), mono_now());
  EXPECT_LT(deadline_after(1h), MonoTime::max());
}

}  // namespace
}  // namespace llf::net
