#include "migration/legacy_config.hpp"

#include <gtest/gtest.h>

namespace llf::migration {
namespace {

using Shape = LegacyConfig::Shape;

LegacyConfig read(std::string_view text) {
  auto config = read_legacy_config(text);
  EXPECT_TRUE(config);
  return config ? *std::move(config) : LegacyConfig{};
}

TEST(LegacyConfig, H19_each_version_is_known_by_its_shape) {
  EXPECT_EQ(read(R"({"server_port": 1})").shape, Shape::flat);
  EXPECT_EQ(read(R"({"local_llm_server": {}, "server_port": 1})").shape, Shape::one_server);
  EXPECT_EQ(read(R"({"local_llm_servers": [], "local_llm_server": {}})").shape, Shape::servers);
  EXPECT_EQ(read(R"({"local_llm_servers": null, "local_llm_server": {}})").shape,
            Shape::one_server);
  EXPECT_TRUE(read("{}").servers.empty());
  EXPECT_EQ(read(R"({"local_llm_servers": [{}, 1]})").servers.size(), 2U);
}

TEST(LegacyConfig, the_default_is_the_named_one_or_the_one_of_the_port_or_the_only_one) {
  const std::string servers =
      R"({"local_llm_servers": [{"name": "a"}, {"name": "b", "server_port": 8001}])";
  EXPECT_EQ(read(servers + R"(, "llm_endpoint": {"default_local_server": "b"}})").default_server,
            1U);
  EXPECT_EQ(read(servers + R"(, "llm_endpoint": {"api_base_url": "http://localhost:8000/v1"}})")
                .default_server,
            0U);
  EXPECT_FALSE(read(servers + "}").default_server);
  EXPECT_FALSE(
      read(servers + R"(, "llm_endpoint": {"default_local_server": "c"}})").default_server);
  EXPECT_EQ(read(R"({"local_llm_server": {}})").default_server, 0U);
}

TEST(LegacyConfig, an_endpoint_is_one_of_the_servers_or_is_not) {
  const auto name = [](std::string_view url, std::string_view servers) {
    return endpoint_name(read(R"({"llm_endpoint": {"api_base_url": ")" + std::string(url) +
                              "\"}, \"local_llm_servers\": " + std::string(servers) + "}"));
  };
  EXPECT_EQ(name("", "[]"), "");
  EXPECT_EQ(name("http://localhost:8000/v1", "[]"), "");
  EXPECT_EQ(name("http://0.0.0.0:8001", R"([{"server_port": 8001}])"), "");
  EXPECT_EQ(name("http://localhost:11434/v1", R"([{"server_port": 8001}])"), "localhost");
  EXPECT_EQ(name("http://localhost/v1", "[]"), "localhost");
  EXPECT_EQ(name("https://localhost.example.com:8000", "[]"), "localhost.example.com");
  EXPECT_EQ(name("https://___/", "[]"), "imported");
}

}  // namespace
}  // namespace llf::migration
