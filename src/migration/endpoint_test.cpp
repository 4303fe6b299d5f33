#include "migration/endpoint.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace llf::migration {
namespace {

Endpoint at(std::string host, std::uint16_t port) {
  return {.host = std::move(host), .port = port};
}

TEST(Endpoint, host_and_port_are_cut_out_of_a_url) {
  EXPECT_EQ(endpoint_of("http://127.0.0.1:8000/v1"), at("127.0.0.1", 8000));
  EXPECT_EQ(endpoint_of("http://LocalHost:8001"), at("localhost", 8001));
  EXPECT_EQ(endpoint_of("http://[::1]:8000/v1"), at("::1", 8000));
  EXPECT_EQ(endpoint_of("https://u:p@api.example.com:443?x=a:b"), at("api.example.com", 443));
  EXPECT_EQ(endpoint_of("https://api.openai.com/v1").host, "api.openai.com");
  EXPECT_FALSE(endpoint_of("https://api.openai.com/v1").port);
  EXPECT_EQ(endpoint_of("localhost:8000"), at("localhost", 8000));
}

TEST(Endpoint, anything_else_does_no_harm) {
  for (const auto* text : {"", "[", "[]", "[::1", "://", ":", "@", "http://", "x:99999", "x:-1"}) {
    EXPECT_FALSE(endpoint_of(text).port) << text;
  }
}

TEST(Endpoint, W10_this_machine_is_no_substring) {
  for (const auto* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1"}) {
    EXPECT_TRUE(loopback_address(host)) << host;
  }
  for (const auto* host :
       {"0.0.0.0", "192.168.1.7", "127.0.0.1.example.org", "localhost.org", "::", ""}) {
    EXPECT_FALSE(loopback_address(host)) << host;
  }
  EXPECT_TRUE(is_this_machine("0.0.0.0"));
  EXPECT_FALSE(is_this_machine("192.168.1.7"));
  EXPECT_EQ(loopback_address("localhost"), "127.0.0.1");
}

}  // namespace
}  // namespace llf::migration
