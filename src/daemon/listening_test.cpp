#include "daemon/listening.hpp"

#include <gtest/gtest.h>

namespace llf::daemon {
namespace {

TEST(Listening, SEC01_only_loopback_without_keys) {
  for (const auto* host : {"127.0.0.1", "127.0.0.2", "::1"}) {
    EXPECT_TRUE(check_listen_address(host)) << host;
  }
  for (const auto* host : {"0.0.0.0", "::", "192.168.1.5", "::ffff:127.0.0.1"}) {
    const auto checked = check_listen_address(host);
    ASSERT_FALSE(checked) << host;
    EXPECT_EQ(checked.error().kind, ErrorKind::forbidden) << host;
  }
}

TEST(Listening, a_name_is_no_address) {
  for (const auto* host : {"localhost", "", "127.1", "evil.com"}) {
    const auto checked = check_listen_address(host);
    ASSERT_FALSE(checked) << host;
    EXPECT_EQ(checked.error().kind, ErrorKind::invalid) << host;
  }
}

TEST(Listening, a_taken_port_names_the_setting_to_change) {
  const auto error =
      explain_listen_error({.kind = ErrorKind::conflict, .message = "in use"}, "127.0.0.1", 1);
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_NE(error.message.find("port 1 on 127.0.0.1 is taken by another program"),
            std::string::npos);
  EXPECT_NE(error.message.find("--port, LLF_PORT or the setting"), std::string::npos);
}

TEST(Listening, addresses_are_written_as_urls) {
  EXPECT_EQ(http_address("127.0.0.1", 8000), "http://127.0.0.1:8000");
  EXPECT_EQ(http_address("::1", 80), "http://[::1]:80");
}

}  // namespace
}  // namespace llf::daemon
