#include "gateway/test_gateway.hpp"
#include "gguf/test_file.hpp"

#include <gmock/gmock.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

TEST_F(GatewayTest, fit_of_a_model_that_is_here) {
  std::ofstream(folder_ / "small.gguf", std::ios::binary) << gguf::small_model().bytes();
  const auto answer = ask("POST", "/llf/v1/fit", R"({"model":"small","context":1000,"slots":3})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("model":"small","context":1000,"slots":3)"));
  EXPECT_THAT(answer.body, HasSubstr(R"("installed":true)"));
  EXPECT_THAT(answer.body, HasSubstr(R"("fit":"yes")"));
}

TEST_F(GatewayTest, fit_of_another_asks_its_hub) {
  EXPECT_EQ(ask("POST", "/llf/v1/fit", R"({"model":"o/r"})").status, 503);
  EXPECT_EQ(ask("POST", "/llf/v1/fit", R"({"model":"unknown"})").status, 404);
  EXPECT_EQ(ask("POST", "/llf/v1/fit", R"({"model":"tiny","context":-1})").status, 400);
  EXPECT_EQ(ask("POST", "/llf/v1/fit", R"({"model":"tiny","slots":1000})").status, 400);
}

TEST_F(GatewayTest, fit_of_a_file_that_is_no_model_asks_nobody) {
  const auto answer = ask("POST", "/llf/v1/fit", R"({"model":"/etc/passwd"})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("/etc/passwd does not end in .gguf"));
}

TEST_F(GatewayTest, recommend_is_by_the_catalog) {
  EXPECT_EQ(ask("GET", "/llf/v1/recommend?use=code&quick=1").body, R"({"models":[]})");
}

}  // namespace
}  // namespace llf::gateway
