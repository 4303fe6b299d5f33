#include "gateway/test_gateway.hpp"
#include "gguf/test_file.hpp"

#include <gmock/gmock.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

TEST_F(GatewayTest, control_models_tells_models_and_places) {
  const auto answer = ask("GET", "/llf/v1/models");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("id":"tiny")"));
  EXPECT_THAT(answer.body,
              HasSubstr(R"("places":[{"path":")" + folder_.native() + R"(","source":"folder"}])"));
}

TEST_F(GatewayTest, model_info_reads_the_file) {
  const auto path = folder_ / "small.gguf";
  std::ofstream(path, std::ios::binary) << gguf::small_model().bytes();
  for (const auto& name : {std::string("small"), path.native()}) {
    const auto answer = ask("GET", "/llf/v1/model?name=" + name);
    EXPECT_EQ(answer.status, 200) << name;
    EXPECT_THAT(answer.body, HasSubstr(R"("architecture":"llama")"));
    EXPECT_THAT(answer.body, HasSubstr(R"("context":4096)"));
  }
}

TEST_F(GatewayTest, model_info_tells_what_is_wrong) {
  EXPECT_EQ(ask("GET", "/llf/v1/model?name=none").status, 404);
  EXPECT_EQ(ask("GET", "/llf/v1/model?name=/nowhere/x.gguf").status, 404);
  const auto broken = ask("GET", "/llf/v1/model?name=tiny");
  EXPECT_EQ(broken.status, 400);
  EXPECT_THAT(broken.body, HasSubstr("at byte 4"));
}

}  // namespace
}  // namespace llf::gateway
