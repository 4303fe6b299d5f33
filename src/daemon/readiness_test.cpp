#include "daemon/readiness.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace llf::daemon {
namespace {

std::string report(const Expected<void>& outcome) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  report_readiness(ends[1], outcome);
  std::string text(200, '\0');
  const auto size = ::read(ends[0], text.data(), text.size());
  EXPECT_GT(size, 0);
  text.resize(static_cast<std::size_t>(size));
  std::array<char, 1> more{};
  EXPECT_EQ(::read(ends[0], more.data(), more.size()), 0) << "the descriptor is to be closed";
  ::close(ends[0]);
  return text;
}

TEST(Readiness, is_one_line_that_says_ready_or_why_not) {
  EXPECT_EQ(report({}), "{\"ready\":true,\"pid\":" + std::to_string(::getpid()) + "}\n");
  EXPECT_EQ(report(failure(ErrorKind::conflict, "port taken")),
            "{\"error\":\"port taken\",\"kind\":\"conflict\"}\n");
}

}  // namespace
}  // namespace llf::daemon
