#include "net/socket.hpp"

#include "base/limits.hpp"
#include "net/loop_context.hpp"
#include "net/run.hpp"
#include "net/xor_cipher_test.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
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

constexpr std::size_t kBuffer = 64;

/// One end is secured, the other is bytes.
struct SecuredPair : Pair {
  explicit SecuredPair(Loop& loop) : Pair(loop) {
    put(test::kHello);
    EXPECT_TRUE(
        run_until_done(loop, near->secure(std::make_unique<test::XorCipher>(), 1h)).has_value());
    EXPECT_EQ(take(), test::kHello);
  }

  void put(std::string_view bytes) const {
    EXPECT_EQ(::write(far.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }

  /// What one read brings.
  [[nodiscard]] std::string take() const {
    std::array<char, 65536> buffer{};
    const auto got = ::recv(far.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

  [[nodiscard]] std::string read(IoResult::State expected) {
    std::array<char, kBuffer> buffer{};
    const auto result = near->try_read(buffer);
    EXPECT_EQ(result.state, expected);
    return {buffer.data(), result.bytes};
  }
};

int unread(const Socket& socket) {
  int bytes = 0;
  EXPECT_EQ(::ioctl(socket.fd(), FIONREAD, &bytes), 0);
  return bytes;
}

using test::sealed;
using State = IoResult::State;

TEST(Socket, a_handshake_takes_its_bytes_as_they_come) {
  Loop loop;
  Pair pair(loop);
  std::optional<Expected<void>> shaken;
  TaskGroup group(loop, "handshake");
  group.spawn(detail::store(pair.near->secure(std::make_unique<test::XorCipher>(), 1h), shaken));
  for (const char byte : test::kHello) {
    EXPECT_FALSE(shaken);
    EXPECT_EQ(::write(pair.far.get(), &byte, 1), 1);
    loop.run_until([&] { return unread(*pair.near) == 0; });
  }
  loop.run_until([&] { return group.size() == 0; });
  EXPECT_TRUE(shaken->has_value());
}

TEST(Socket, a_handshake_that_stalls_is_a_timeout_and_nothing_goes_out_in_the_clear) {
  Loop loop;
  Pair pair(loop);
  EXPECT_EQ(::write(pair.far.get(), "h", 1), 1);
  const auto shaken =
      run_until_done(loop, pair.near->secure(std::make_unique<test::XorCipher>(), 2ms));
  ASSERT_FALSE(shaken);
  EXPECT_EQ(shaken.error().kind, ErrorKind::timeout);
  EXPECT_EQ(pair.near->try_write({"secret"}).state, State::failed);
  EXPECT_FALSE(run_until_done(loop, pair.near->write_all({"secret"}, 1h)));
  std::array<char, 64> buffer{};
  const auto got = ::read(pair.far.get(), buffer.data(), buffer.size());
  EXPECT_EQ(std::string_view(buffer.data(), static_cast<std::size_t>(got)), test::kHello);
}

TEST(Socket, a_handshake_that_is_refused_says_why) {
  Loop loop;
  for (const auto* wrong : {"GET / HTTP/1.1", ""}) {
    Pair pair(loop);
    EXPECT_EQ(::write(pair.far.get(), wrong, std::strlen(wrong)),
              static_cast<ssize_t>(std::strlen(wrong)));
    ::shutdown(pair.far.get(), SHUT_WR);
    const auto shaken =
        run_until_done(loop, pair.near->secure(std::make_unique<test::XorCipher>(), 1h));
    ASSERT_FALSE(shaken);
    EXPECT_EQ(shaken.error().kind, *wrong != 0 ? ErrorKind::upstream : ErrorKind::unavailable);
  }
}

TEST(Socket, parts_are_encrypted_together_and_go_out_at_once) {
  Loop loop;
  SecuredPair pair(loop);
  EXPECT_TRUE(run_until_done(loop, pair.near->write_all({"ab", "", "cd", "e"}, 1h)));
  EXPECT_EQ(pair.take(), sealed("abcde"));
  const auto record = limits::kCipherRecord.bytes();
  const std::string large(record + 1, 'x');
  EXPECT_TRUE(run_until_done(loop, pair.near->write_all({"1", large, "2"}, 1h)));
  EXPECT_EQ(pair.take(), sealed("1" + large.substr(2)) + sealed("xx2"));
}

TEST(Socket, what_came_is_read_before_anybody_waits) {
  Loop loop;
  SecuredPair pair(loop);
  const std::string large(kBuffer + 2, 'x');
  pair.put(sealed(large) + sealed("abc") + sealed("cut").substr(0, 4));
  EXPECT_EQ(pair.read(State::ok), large.substr(2));
  EXPECT_EQ(pair.read(State::ok), "xxabc");
  EXPECT_EQ(pair.read(State::blocked), "");
  pair.put(sealed("cut").substr(4));
  EXPECT_EQ(pair.read(State::ok), "cut");
}

TEST(Socket, only_an_end_that_was_announced_is_one) {
  Loop loop;
  const auto wire = sealed("abc") + test::kEnd;
  for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
    SecuredPair pair(loop);
    pair.put(wire.substr(0, cut));
    pair.far.reset();
    if (cut >= sealed("abc").size()) EXPECT_EQ(pair.read(State::ok), "abc");
    std::array<char, 8> buffer{};
    for (int again = 0; again < 2; ++again) {
      const auto result = pair.near->try_read(buffer);
      EXPECT_EQ(result.state, cut == wire.size() ? State::end : State::failed);
      if (cut < wire.size()) EXPECT_EQ(result.error, ECONNRESET);
    }
  }
}

TEST(Socket, what_its_cipher_refuses_has_failed) {
  Loop loop;
  SecuredPair pair(loop);
  pair.put("?");
  std::array<char, 8> buffer{};
  EXPECT_EQ(pair.near->try_read(buffer).error, EPROTO);
  EXPECT_EQ(pair.near->try_write({"x"}).error, EPROTO);
  static_cast<void>(run_until_done(loop, pair.near->shutdown_sending(mono_now() + 1h)));
  EXPECT_EQ(pair.take(), "");
}

TEST(Socket, nothing_more_is_taken_until_the_kernel_has_what_was) {
  Loop loop;
  SecuredPair pair(loop);
  const std::string large(10'000'000, 'a');
  std::size_t taken = 0;
  auto result = pair.near->try_write({large});
  for (; result.state == State::ok; result = pair.near->try_write({large})) {
    EXPECT_LE(result.bytes, limits::kCipherStep.bytes() + limits::kCipherRecord.bytes());
    taken += result.bytes;
  }
  EXPECT_EQ(result.state, State::blocked);
  EXPECT_EQ(run_until_done(loop, pair.near->write_all({large}, 2ms)).error().kind,
            ErrorKind::timeout);
  // All that was taken comes, and once.
  std::string wire;
  std::string got;
  while (got.size() < taken) {
    wire += pair.take();
    while (auto frame = test::take_frame(wire)) got += *frame;
    static_cast<void>(pair.near->try_write({}));
  }
  EXPECT_EQ(got.size(), taken);
}

TEST(Socket, secured_it_writes_all_to_who_reads_slowly_and_then_the_end) {
  Loop loop;
  SecuredPair pair(loop);
  const std::string first(3'000'000, 'a');
  const std::string second(2'000'000, 'b');
  std::string got;
  std::thread reader([&] {
    std::array<char, 65536> buffer{};
    std::string wire;
    while (true) {
      const auto n = ::read(pair.far.get(), buffer.data(), buffer.size());
      if (n <= 0) break;
      wire.append(buffer.data(), static_cast<std::size_t>(n));
      while (auto frame = test::take_frame(wire)) got += *frame;
    }
    got += wire;
  });
  EXPECT_TRUE(run_until_done(loop, pair.near->write_all({first, "-", second}, 1h)));
  static_cast<void>(run_until_done(loop, pair.near->shutdown_sending(mono_now() + 1h)));
  reader.join();
  EXPECT_TRUE(got == first + "-" + second + test::kEnd);
}

TEST(Socket, what_is_demanded_and_not_read_is_bounded) {
  Loop loop;
  SecuredPair pair(loop);
  std::array<char, 8> buffer{};
  IoResult result{.state = State::blocked};
  for (int i = 0; i < 1000 && result.state == State::blocked; ++i) {
    pair.put(std::string(8, test::kDemand));
    result = pair.near->try_read(buffer);
  }
  EXPECT_EQ(result.state, State::failed);
  EXPECT_EQ(result.error, ENOBUFS);
}

TEST(Socket, peeking_takes_nothing_away) {
  Loop loop;
  Pair pair(loop);
  std::array<char, 1> first{};
  EXPECT_EQ(pair.near->peek(first).state, State::blocked);
  EXPECT_EQ(::write(pair.far.get(), "ab", 2), 2);
  EXPECT_EQ(pair.near->peek(first).bytes, 1U);
  EXPECT_EQ(pair.near->try_read(read_scratch()).bytes, 2U);
}

}  // namespace
}  // namespace llf::net
