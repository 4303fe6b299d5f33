#include "gateway/test_gateway.hpp"

#include <gmock/gmock.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

TEST_F(GatewayTest, downloads_of_a_new_daemon_are_none) {
  const auto answer = ask("GET", "/llf/v1/downloads");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"downloads":[]})");
}

TEST_F(GatewayTest, download_refuses_what_it_does_not_understand) {
  EXPECT_EQ(ask("POST", "/llf/v1/downloads", "x").status, 400);
  EXPECT_EQ(ask("POST", "/llf/v1/downloads", R"({"model":"o/r","dry_run":1})").status, 400);
  EXPECT_EQ(ask("POST", "/llf/v1/downloads", R"({"model":"a/b/c"})").status, 400);
  const auto unknown = ask("POST", "/llf/v1/downloads", R"({"model":"unknown"})");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr("catalog"));
}

TEST_F(GatewayTest, download_tells_that_the_hub_does_not_answer) {
  const auto answer = ask("POST", "/llf/v1/downloads", R"({"model":"o/r"})");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("http://127.0.0.1:1"));
  EXPECT_EQ(ask("POST", "/llf/v1/search", R"({"query":"x"})").status, 503);
}

TEST_F(GatewayTest, download_of_a_file_that_is_there_is_planned_without_asking) {
  const auto answer = ask("POST", "/llf/v1/downloads",
                          R"({"model":"http://127.0.0.1:2/tiny.gguf","dry_run":true,"sha256":")" +
                              store::sha256("GGUF").hex() + "\"}");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"(data: {"plan":{"model":"tiny")"));
}

TEST_F(GatewayTest, stop_download_knows_those_it_has) {
  EXPECT_EQ(ask("POST", "/llf/v1/downloads/stop", R"({"model":"x"})").status, 404);
  EXPECT_EQ(ask("POST", "/llf/v1/downloads/stop", "{}").status, 400);
  EXPECT_EQ(ask("POST", "/llf/v1/search", "{}").status, 400);
}

}  // namespace
}  // namespace llf::gateway
