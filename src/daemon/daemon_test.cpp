#include "daemon/daemon.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace llf::daemon {
namespace {

class DaemonTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = "/tmp/llf-daemon-XXXXXX";  // short: sockets live in it
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    options_.home = folder;
    options_.settings.server.port = 0;
  }
  void TearDown() override { std::filesystem::remove_all(options_.home); }

  StartOptions options_;
};

TEST_F(DaemonTest, listens_where_it_says) {
  const auto daemon = Daemon::create(options_, {});
  ASSERT_TRUE(daemon) << daemon.error().message;
  EXPECT_TRUE((*daemon)->describe().starts_with("listening on http://127.0.0.1:"));
}

TEST_F(DaemonTest, a_home_has_one_daemon) {
  const auto first = Daemon::create(options_, {});
  ASSERT_TRUE(first);
  const auto second = Daemon::create(options_, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
}

TEST_F(DaemonTest, a_taken_port_stops_an_explicit_start_and_not_one_on_demand) {
  const auto first = Daemon::create(options_, {});
  ASSERT_TRUE(first);
  const auto said = (*first)->describe();
  std::uint16_t port = 0;
  const auto* digits = said.data() + said.rfind(':') + 1;
  ASSERT_EQ(std::from_chars(digits, said.data() + said.size(), port).ec, std::errc());
  auto other = options_;
  other.home += "/other";
  other.settings.server.port = port;
  const auto refused = Daemon::create(other, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("is taken by daemon_test (pid "), std::string::npos)
      << refused.error().message;
  other.on_demand = true;
  const auto without_port = Daemon::create(other, {});
  ASSERT_TRUE(without_port) << without_port.error().message;
  EXPECT_NE((*without_port)->describe().find("is taken by"), std::string::npos);
}

}  // namespace
}  // namespace llf::daemon
