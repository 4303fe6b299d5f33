#include "cli/list_command.hpp"

#include "cli/test_command.hpp"

namespace llf::cli {
namespace {

using ListCommand = CommandTest;

TEST_F(ListCommand, models_are_listed) {
  EXPECT_EQ(run({"ls"}), 0);
  EXPECT_EQ(out(),
            "NAME          SIZE  SOURCE    LOADED\n"
            "llf-nano    3.9 MB  built-in  -\n"
            "org/big:q4  9.0 GB  folder    -\n");
}

TEST_F(ListCommand, an_alias_is_called_one) {
  ASSERT_EQ(run({"config", "set", "profiles.fast.model", "llf-nano"}), 0) << err();
  ASSERT_EQ(run({"config", "set", "profiles.cold.model", "llf-nano"}), 0) << err();
  ASSERT_EQ(run({"config", "set", "profiles.cold.context", "4096"}), 0) << err();
  answer("/llf/v1/models", R"({"models":[{"id":"cold","size_bytes":5,"source":"profile"},
                                         {"id":"fast","size_bytes":5,"source":"profile"}]})");
  EXPECT_EQ(run({"ls"}), 0);
  EXPECT_NE(out().find("cold   5 B  profile  -\nfast   5 B  alias    -\n"), std::string::npos)
      << out();
}

TEST_F(ListCommand, model_list_is_the_same_command) {
  EXPECT_EQ(run({"model", "list", "--json"}), 0);
  EXPECT_EQ(json::parse(out()).value(), json::parse(kTestModels).value());
}

TEST_F(ListCommand, an_answer_that_is_not_as_agreed_is_an_error) {
  answer("/llf/v1/models", "[]");
  EXPECT_EQ(run({"ls"}), 1);
  EXPECT_EQ(out(), "");
  EXPECT_TRUE(err().starts_with("llf: "));
}

}  // namespace
}  // namespace llf::cli
