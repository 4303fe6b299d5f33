#include "cli/model_fit_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;

TEST_F(CommandTest, fit_asks_with_context_and_slots) {
  answer("/llf/v1/fit", R"({"model":"m","fits":[{"label":"Q4_0","fit":"no"}]})");
  EXPECT_EQ(run({"model", "fit", "o/r", "--ctx", "8192", "--slots", "2"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("m does not fit"));
  EXPECT_THAT(body_of("/llf/v1/fit"), HasSubstr(R"("model":"o/r","context":8192,"slots":2)"));
  EXPECT_EQ(run({"model", "fit", "o/r", "--ctx", "-5"}), 2);
  EXPECT_EQ(run({"--json", "model", "fit", "o/r"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"fits\""));
}

TEST_F(CommandTest, recommend_is_for_a_use) {
  answer("/llf/v1/recommend", R"({"models":[{"name":"a:1b"}]})");
  EXPECT_EQ(run({"model", "recommend", "--use", "code"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("a:1b"));
  EXPECT_EQ(run({"model", "recommend", "--use", "cooking"}), 2);
  EXPECT_THAT(err(), HasSubstr("chat, code"));
}

}  // namespace
}  // namespace llf::cli
