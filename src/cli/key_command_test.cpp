#include "cli/key_command.hpp"

#include "cli/test_command.hpp"

namespace llf::cli {
namespace {

using KeyCommand = CommandTest;

TEST_F(KeyCommand, a_new_key_is_all_that_is_printed) {
  answer("/llf/v1/keys", R"({"name":"laptop","key":"llf-123"})");
  EXPECT_EQ(run({"key", "create", "laptop"}), 0);
  EXPECT_EQ(out(), "llf-123\n");
  EXPECT_NE(err().find("not shown again"), std::string::npos);
}

TEST_F(KeyCommand, keys_are_listed_without_what_they_are) {
  answer("/llf/v1/keys", R"({"keys":[{"name":"laptop","created":1764200000}]})");
  EXPECT_EQ(run({"key", "list"}), 0);
  EXPECT_NE(out().find("laptop  2025-11-2"), std::string::npos) << out();
}

TEST_F(KeyCommand, one_is_revoked_by_its_name) {
  answer("/llf/v1/keys/revoke", R"({"revoked":true})");
  EXPECT_EQ(run({"key", "revoke", "laptop"}), 0);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(run({"key", "revoke"}), 2);
  EXPECT_NE(err().find("which key?"), std::string::npos) << err();
}

}  // namespace
}  // namespace llf::cli
