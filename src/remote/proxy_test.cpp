#include "remote/proxy.hpp"

#include <gtest/gtest.h>

#include <map>

namespace llf::remote {
namespace {

config::Environment environment(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  };
}

std::string way_to(const std::string& url, std::map<std::string, std::string> values) {
  const auto proxy = find_proxy(environment(std::move(values)), *Url::parse(url));
  if (!proxy) return proxy.error().message;
  return *proxy ? (*proxy)->host + ":" + std::to_string((*proxy)->port) : "direct";
}

TEST(Proxy, is_the_one_for_the_scheme) {
  const std::map<std::string, std::string> both{{"http_proxy", "http://p.example:3128"},
                                                {"https_proxy", "s.example:3129"}};
  EXPECT_EQ(way_to("http://h.example/v1", both), "p.example:3128");
  EXPECT_EQ(way_to("https://h.example/v1", both), "s.example:3129");
  EXPECT_EQ(way_to("http://h.example/v1", {}), "direct");
  EXPECT_EQ(way_to("http://h.example/v1", {{"ALL_PROXY", "http://all.example"}}), "all.example:80");
  EXPECT_EQ(way_to("https://h.example/v1", {{"HTTPS_PROXY", "http://big.example:1"}}),
            "big.example:1");
}

TEST(Proxy, this_machine_needs_none) {
  for (const auto* url : {"http://localhost:8080", "http://127.0.0.1", "http://[::1]:1"}) {
    EXPECT_EQ(way_to(url, {{"http_proxy", "http://p.example:3128"}}), "direct") << url;
  }
}

TEST(Proxy, exceptions_are_hosts_domains_addresses_and_ranges) {
  const auto way = [](const std::string& host, const std::string& exceptions) {
    return way_to("http://" + host + "/", {{"http_proxy", "p:1"}, {"no_proxy", exceptions}});
  };
  EXPECT_EQ(way("gpu.lan", "other, lan"), "direct");
  EXPECT_EQ(way("gpu.lan", ".lan"), "direct");
  EXPECT_EQ(way("gpulan", "lan"), "p:1");
  EXPECT_EQ(way("GPU.lan", "gpu.LAN"), "direct");
  EXPECT_EQ(way("10.1.2.3", "10.0.0.0/8"), "direct");
  EXPECT_EQ(way("11.1.2.3", "10.0.0.0/8"), "p:1");
  EXPECT_EQ(way("192.168.1.130", "192.168.1.128/25"), "direct");
  EXPECT_EQ(way("192.168.1.127", "192.168.1.128/25"), "p:1");
  EXPECT_EQ(way("[fd00::5]", "fd00::/8"), "direct");
  EXPECT_EQ(way("10.1.2.3", "10.0.0.0/99"), "p:1");
  EXPECT_EQ(way("anything.example", "*"), "direct");
  EXPECT_EQ(way("anything.example", ",, "), "p:1");
}

TEST(Proxy, a_user_and_a_password_are_told_to_it) {
  const auto proxy = read_proxy("http://me:p%40ss@proxy.example:3128/");
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->host, "proxy.example");
  EXPECT_EQ(proxy->port, 3128);
  EXPECT_EQ(proxy->authorization, "Basic bWU6cEBzcw==");
  EXPECT_EQ(read_proxy("a:b@h")->authorization, "Basic YTpi");
  EXPECT_EQ(read_proxy("a@h")->authorization, "Basic YQ==");
}

TEST(Proxy, one_of_another_kind_is_refused_without_showing_its_password) {
  for (const auto* text : {"socks5://me:secret@h:1", "https://me:secret@h", "http://me:secret@",
                           "http://me:secret@h:99999"}) {
    const auto proxy = read_proxy(text);
    ASSERT_FALSE(proxy) << text;
    EXPECT_EQ(proxy.error().kind, ErrorKind::invalid);
    EXPECT_FALSE(proxy.error().message.contains("secret")) << proxy.error().message;
  }
  EXPECT_TRUE(way_to("http://h/", {{"http_proxy", "socks5://x"}}).starts_with("http_proxy: "));
}

}  // namespace
}  // namespace llf::remote
