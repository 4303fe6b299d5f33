#include "cli/model_settings_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace llf::cli {
namespace {

using testing::HasSubstr;

class ModelSettings : public CommandTest {
 protected:
  ModelSettings() {
    answer("/llf/v1/model", R"({"id":"org/big:q4"})");
    answer("/llf/v1/settings/compare",
           R"({"changes":[],"workers":[],"ending":[],"restart":[],"error":null})");
    answer("/llf/v1/settings/reload",
           R"({"changes":[],"workers":[],"ending":[],"restart":[],"error":null})");
  }
  [[nodiscard]] std::string settings() const {
    std::ifstream file(paths_.settings_file());
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(ModelSettings, the_default_is_shown_and_set_by_its_whole_name) {
  EXPECT_EQ(run({"model", "default"}), 0);
  EXPECT_EQ(out(), "llf-nano\n");
  EXPECT_EQ(run({"model", "default", "big"}), 0) << err();
  EXPECT_THAT(settings(), HasSubstr(R"("default": "org/big:q4")"));
  EXPECT_EQ(run({"model", "default", "none"}), 0);
  EXPECT_THAT(settings(), testing::Not(HasSubstr("org/big")));
}

TEST_F(ModelSettings, one_that_is_not_here_is_no_default) {
  answer("/llf/v1/model",
         R"({"error":{"message":"no model 'x' is here","code":"model_not_found"}})", 404);
  EXPECT_EQ(run({"model", "default", "x"}), 1);
  EXPECT_EQ(run({"model", "alias", "y", "x"}), 1);
  EXPECT_EQ(settings(), "");
}

TEST_F(ModelSettings, an_alias_is_a_profile) {
  EXPECT_EQ(run({"model", "alias", "fast", "big"}), 0) << err();
  EXPECT_THAT(settings(), HasSubstr(R"("model": "org/big:q4")"));
  EXPECT_EQ(run({"model", "alias", "--remove", "fast"}), 0) << err();
  EXPECT_THAT(settings(), testing::Not(HasSubstr("fast")));
  EXPECT_EQ(run({"model", "alias", "fast"}), 2);
}

}  // namespace
}  // namespace llf::cli
