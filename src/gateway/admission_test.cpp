#include "gateway/admission.hpp"

#include <gtest/gtest.h>

#include <array>

namespace llf::gateway {
namespace {

constexpr std::uint32_t kOwner = 1000;
constexpr std::array kRoutes{
    RouteFacts{.method = "GET", .path = "/health"},
    RouteFacts{.method = "GET", .path = "/v1/models"},
    RouteFacts{.method = "GET", .path = "/v1/models/"},
    RouteFacts{.method = "POST", .path = "/v1/chat/completions"},
    RouteFacts{.method = "POST", .path = "/llf/v1/stop", .access = Access::owner},
};

net::Request tcp(std::string_view method, std::string_view path) {
  net::Request request;
  request.method = method;
  request.path = path;
  request.host = "localhost:8000";
  if (method == "POST") request.headers.add("Content-Type", "application/json");
  return request;
}

net::Request on_socket(std::string_view method, std::string_view path, std::uint32_t uid) {
  net::Request request;
  request.method = method;
  request.path = path;
  request.peer.is_unix = true;
  request.peer.uid = uid;
  return request;
}

int status_of_admission(const net::Request& request) {
  const HostCheck hosts("127.0.0.1");
  const auto denial = admit(request, kRoutes, {.hosts = hosts, .owner_uid = kOwner});
  return denial ? denial->status : 200;
}

TEST(Admission, lets_ordinary_requests_in) {
  EXPECT_EQ(status_of_admission(tcp("GET", "/health")), 200);
  EXPECT_EQ(status_of_admission(tcp("HEAD", "/health")), 200);
  EXPECT_EQ(status_of_admission(tcp("GET", "/v1/models/a/b")), 200);
  EXPECT_EQ(status_of_admission(tcp("POST", "/v1/chat/completions")), 200);
}

TEST(Admission, a_compressed_body_is_refused) {
  auto request = tcp("POST", "/v1/chat/completions");
  request.headers.add("Content-Encoding", "Identity");
  EXPECT_EQ(status_of_admission(request), 200);
  auto packed = tcp("POST", "/v1/chat/completions");
  packed.headers.add("Content-Encoding", "gzip");
  EXPECT_EQ(status_of_admission(packed), 415);
}

TEST(Admission, SEC02_a_foreign_host_is_refused_before_anything_else) {
  auto request = tcp("GET", "/nowhere");
  request.host = "evil.com";
  EXPECT_EQ(status_of_admission(request), 403);
  request.host = "";
  EXPECT_EQ(status_of_admission(request), 403);
}

TEST(Admission, SEC04_a_foreign_origin_is_refused_and_our_own_is_not) {
  auto request = tcp("POST", "/v1/chat/completions");
  request.headers.add("Origin", "https://evil.com");
  EXPECT_EQ(status_of_admission(request), 403);
  request.headers.set("Origin", "http://localhost:8000");
  EXPECT_EQ(status_of_admission(request), 200);
}

TEST(Admission, SEC04_a_body_must_be_declared_as_json_on_tcp) {
  auto request = tcp("POST", "/v1/chat/completions");
  for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                           "", "application/jsonp", "text/plain; application/json"}) {
    request.headers.set("Content-Type", type);
    EXPECT_EQ(status_of_admission(request), 415) << type;
  }
  for (const auto* type :
       {"application/json", "Application/JSON; charset=utf-8", "application/json ;charset=utf-8"}) {
    request.headers.set("Content-Type", type);
    EXPECT_EQ(status_of_admission(request), 200) << type;
  }
  EXPECT_EQ(status_of_admission(on_socket("POST", "/v1/chat/completions", kOwner)), 200);
}

TEST(Admission, an_unknown_path_is_404_and_a_wrong_method_405_with_allow) {
  EXPECT_EQ(status_of_admission(tcp("GET", "/v2")), 404);
  EXPECT_EQ(status_of_admission(tcp("GET", "/v1/models/")), 404);
  EXPECT_EQ(status_of_admission(tcp("GET", "/health/")), 404);
  const HostCheck hosts("127.0.0.1");
  const auto denial = admit(tcp("DELETE", "/v1/models"), kRoutes, {.hosts = hosts});
  ASSERT_TRUE(denial);
  EXPECT_EQ(denial->status, 405);
  EXPECT_EQ(denial->allow, "GET");
}

TEST(Admission, the_control_api_is_for_the_owner_on_the_unix_socket) {
  EXPECT_EQ(status_of_admission(on_socket("POST", "/llf/v1/stop", kOwner)), 200);
  EXPECT_EQ(status_of_admission(on_socket("POST", "/llf/v1/stop", 0)), 200);
  EXPECT_EQ(status_of_admission(on_socket("POST", "/llf/v1/stop", 1001)), 403);
  EXPECT_EQ(status_of_admission(on_socket("GET", "/health", 1001)), 403);
  EXPECT_EQ(status_of_admission(tcp("POST", "/llf/v1/stop")), 404);
  EXPECT_EQ(status_of_admission(tcp("GET", "/llf/v1/stop")), 404);
}

/// The status for a request with these credentials, where the key is "right".
int status_with(const net::Headers& credentials) {
  const HostCheck hosts("127.0.0.1");
  auto request = tcp("GET", "/v1/models");
  for (const auto& header : credentials) request.headers.add(header.name, header.value);
  const auto denial =
      admit(request, kRoutes, {.hosts = hosts, .owner_uid = kOwner, .api_key = "right"});
  return denial ? denial->status : 200;
}

TEST(Admission, SEC05_one_credential_counts_in_whichever_header_it_comes) {
  EXPECT_EQ(status_with({{"Authorization", "Bearer right"}}), 200);
  EXPECT_EQ(status_with({{"authorization", "bearer right"}}), 200);
  EXPECT_EQ(status_with({{"x-api-key", "right"}}), 200);
  EXPECT_EQ(status_with({{"Authorization", "Bearer right"}, {"x-api-key", "right"}}), 200);
  EXPECT_EQ(status_with({{"Authorization", "Bearer wrong"}, {"x-api-key", "wrong"}}), 401);
  EXPECT_EQ(status_with({{"Authorization", "Basic right"}}), 401);
  EXPECT_EQ(status_with({{"Authorization", "right"}}), 401) << "no scheme";
  EXPECT_EQ(status_with({}), 401);
}

TEST(Admission, SEC05_two_credentials_are_refused_though_one_is_right) {
  EXPECT_EQ(status_with({{"Authorization", "Bearer right"}, {"x-api-key", "wrong"}}), 400);
  EXPECT_EQ(status_with({{"Authorization", "Bearer wrong"}, {"x-api-key", "right"}}), 400);
  EXPECT_EQ(status_with({{"Authorization", "Basic cmlnaHQ="}, {"x-api-key", "right"}}), 400);
  EXPECT_EQ(status_with({{"Authorization", "Bearer right"}, {"Authorization", "Bearer x"}}), 400);
  EXPECT_EQ(status_with({{"x-api-key", "right"}, {"X-API-Key", "x"}}), 400);
}

}  // namespace
}  // namespace llf::gateway
