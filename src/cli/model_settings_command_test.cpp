#include "cli/model_settings_command.hpp"

#include "cli/test_command.hpp"
#include "os/atomic_file.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace llf::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class ModelSettings : public CommandTest {
 protected:
  ModelSettings() {
    answer("/llf/v1/model", R"({"id":"org/big:q4"})");
    answer("/llf/v1/settings/compare",
           R"({"changes":[],"workers":[],"ending":[],"restart":[],"error":null})");
    answer("/llf/v1/settings/reload",
           R"({"changes":[],"workers":[],"ending":[],"restart":[],"error":null})");
  }
  void write(std::string_view text) {
    ASSERT_TRUE(os::ensure_dir(paths_.settings_file().parent_path()));
    ASSERT_TRUE(os::write_file_atomically(paths_.settings_file(), text));
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
  EXPECT_THAT(settings(), Not(HasSubstr("org/big")));
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
  EXPECT_THAT(settings(), Not(HasSubstr("fast")));
  EXPECT_EQ(run({"model", "alias", "fast"}), 2);
}

TEST_F(ModelSettings, an_alias_hides_no_model_and_is_not_its_own) {
  EXPECT_EQ(run({"model", "alias", "llf-nano", "big"}), 1);
  EXPECT_THAT(err(), HasSubstr("'llf-nano' is a model's own name"));
  EXPECT_EQ(run({"model", "alias", "a/b", "big"}), 2);
  EXPECT_EQ(run({"model", "alias", "a", "a"}), 2);
  EXPECT_THAT(err(), HasSubstr("alias of itself"));
  EXPECT_EQ(settings(), "");
}

TEST_F(ModelSettings, an_alias_of_an_alias_stands_for_its_model) {
  answer("/llf/v1/models", R"({"models":[{"id":"fast","source":"profile","size_bytes":1},
      {"id":"coder","source":"profile","size_bytes":1}]})");
  write(R"({"profiles":{"fast":{"model":"m"},"coder":{"model":"m","context":4096}}})");
  EXPECT_EQ(run({"model", "alias", "faster", "fast"}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("'fast' is an alias of m"));
  EXPECT_EQ(run({"config", "get", "profiles.faster.model"}), 0);
  EXPECT_EQ(out(), "m\n");
  EXPECT_EQ(run({"model", "alias", "fast", "fast"}), 2);
  EXPECT_EQ(run({"model", "alias", "x", "coder"}), 1);
  EXPECT_THAT(err(), HasSubstr("name its model, m"));
}

TEST_F(ModelSettings, what_an_alias_replaces_is_told) {
  write(R"({"profiles":{"fast.model":{"model":"m"}}})");
  EXPECT_EQ(run({"model", "alias", "fast.model", "big"}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("'fast.model' stood for m until now"));
  EXPECT_THAT(settings(), HasSubstr("org/big:q4"));
  EXPECT_EQ(run({"model", "alias", "fast.model", "big"}), 0) << err();
  EXPECT_THAT(err(), Not(HasSubstr("stood for org")));
}

TEST_F(ModelSettings, only_an_alias_that_is_there_can_be_removed) {
  write(R"({"profiles":{"fast":{"model":"m"},"coder":{"model":"m","context":4096}}})");
  EXPECT_EQ(run({"model", "alias", "--remove", "fasd"}), 1);
  EXPECT_THAT(err(), HasSubstr("there is no alias 'fasd'. Did you mean 'fast'?"));
  EXPECT_EQ(run({"model", "alias", "--remove", "coder"}), 1);
  EXPECT_THAT(err(), HasSubstr("llf config unset profiles.coder"));
  EXPECT_THAT(settings(), HasSubstr("4096"));
}

TEST_F(ModelSettings, what_hides_the_built_in_model_is_told) {
  answer("/llf/v1/models",
         R"({"models":[{"id":"llf-nano","source":"profile","size_bytes":1,"default":true}]})");
  EXPECT_EQ(run({"model", "default", "none"}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("llf config unset profiles.llf-nano"));
}

}  // namespace
}  // namespace llf::cli
