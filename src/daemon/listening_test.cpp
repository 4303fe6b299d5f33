#include "daemon/listening.hpp"

#include "gateway/api_keys.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace llf::daemon {
namespace {

TEST(Listening, a_taken_port_names_the_setting_to_change) {
  config::Settings::Server server;
  server.port = 1;
  const auto error =
      explain_listen_error({.kind = ErrorKind::conflict, .message = "in use"}, server);
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_NE(error.message.find("port 1 on 127.0.0.1 is taken by another program"),
            std::string::npos);
  EXPECT_NE(error.message.find("--port, LLF_PORT or the setting"), std::string::npos);
}

TEST(Listening, other_machines_are_let_in_with_keys_only) {
  EXPECT_TRUE(check_reach("127.0.0.1", Keys::none));
  EXPECT_TRUE(check_reach("::1", Keys::none));
  EXPECT_TRUE(check_reach("0.0.0.0", Keys::there));
  const auto refused = check_reach("0.0.0.0", Keys::none);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
  EXPECT_NE(refused.error().message.find("llf key create NAME"), std::string::npos);
}

TEST(Listening, a_start_that_is_tried_looks_for_keys) {
  const os::TestFolder folder;
  StartOptions options;
  options.home = folder.path().native();
  EXPECT_TRUE(check_start(options));
  options.settings.server.host = "0.0.0.0";
  EXPECT_EQ(check_start(options).error().kind, ErrorKind::forbidden);
  gateway::ApiKeys keys(keys_file(os::resolve_paths({.home = options.home}).value()));
  ASSERT_TRUE(keys.create("a"));
  EXPECT_TRUE(check_start(options));
}

TEST(Listening, addresses_are_written_as_urls) {
  config::Settings::Server server;
  EXPECT_EQ(http_address(server, 1), "http://127.0.0.1:1");
  server.tls_certificate = "/c.pem";
  EXPECT_EQ(http_address(server, 1), "https://127.0.0.1:1");
  server.host = "::1";
  EXPECT_EQ(http_address(server, 80), "https://[::1]:80");
}

TEST(Listening, tls_needs_a_certificate_and_a_key) {
  config::Settings::Server server;
  EXPECT_EQ(find_cipher_source(server).value(), nullptr);
  server.tls_key = "/absent.key";
  EXPECT_EQ(find_cipher_source(server).error().kind, ErrorKind::invalid);
  EXPECT_NE(find_cipher_source(server).error().message.find("server.tls_certificate is not"),
            std::string::npos);
  std::swap(server.tls_certificate, server.tls_key);
  EXPECT_NE(find_cipher_source(server).error().message.find("server.tls_key is not"),
            std::string::npos);
  server.tls_key = server.tls_certificate;
  EXPECT_EQ(find_cipher_source(server).error().kind, ErrorKind::not_found);
  StartOptions options;
  options.settings.server = server;
  EXPECT_EQ(check_start(options).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::daemon
