#pragma once

#include "cli/output.hpp"
#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <termios.h>
#include <unistd.h>

namespace llf::cli {

/// For tests: a terminal whose keys the test presses and whose screen it reads. Keys that are
/// pressed before anybody reads are kept as they are. The test sets TERM to "xterm".
class TestTerminal {
 public:
  TestTerminal() : ours_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)) {
    EXPECT_EQ(::grantpt(ours_.get()), 0);
    EXPECT_EQ(::unlockpt(ours_.get()), 0);
    theirs_.reset(::open(::ptsname(ours_.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    EXPECT_TRUE(theirs_);
    termios mode{};
    EXPECT_EQ(::tcgetattr(theirs_.get(), &mode), 0);
    ::cfmakeraw(&mode);
    EXPECT_EQ(::tcsetattr(theirs_.get(), TCSANOW, &mode), 0);
  }

  void press(std::string_view keys) {
    EXPECT_EQ(::write(ours_.get(), keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }

  /// The end of the terminal that a program has.
  [[nodiscard]] int fd() const { return theirs_.get(); }
  [[nodiscard]] Output output(text::Color color = text::Color::off) const {
    return {fd(), {.color = color, .rewrites = true, .columns = 80}};
  }

  /// Hangs up.
  void close() { ours_.reset(); }

  /// Everything that was written to it since the last call.
  [[nodiscard]] std::string screen() const {
    // The kernel hands it over in its own time: a mark behind it tells that all of it is here.
    constexpr std::string_view kMark = "<end of the screen>";
    constexpr int kSafetyLimitMs = 30'000;
    EXPECT_EQ(::write(theirs_.get(), kMark.data(), kMark.size()),
              static_cast<ssize_t>(kMark.size()));
    std::string out;
    std::string buffer(4096, '\0');
    pollfd one{.fd = ours_.get(), .events = POLLIN, .revents = 0};
    while (!out.ends_with(kMark) && ::poll(&one, 1, kSafetyLimitMs) > 0) {
      const auto count = ::read(ours_.get(), buffer.data(), buffer.size());
      if (count > 0) out.append(buffer, 0, static_cast<std::size_t>(count));
    }
    EXPECT_TRUE(out.ends_with(kMark));
    return out.substr(0, out.size() - kMark.size());
  }

  [[nodiscard]] termios mode() const {
    termios mode{};
    EXPECT_EQ(::tcgetattr(theirs_.get(), &mode), 0);
    return mode;
  }

 private:
  os::UniqueFd ours_;
  os::UniqueFd theirs_;
};

}  // namespace llf::cli
