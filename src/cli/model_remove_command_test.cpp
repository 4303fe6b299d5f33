#include "cli/model_remove_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;

class ModelRemove : public CommandTest {
 protected:
  ModelRemove() {
    answer("/llf/v1/model/remove",
           R"({"model":"o/r:Q4_0","freed_bytes":2500000000,"files":["/m"],"kept":["/k"]})");
  }
};

TEST_F(ModelRemove, says_what_becomes_free) {
  EXPECT_EQ(run({"rm", "r", "--dry-run"}), 0) << err();
  EXPECT_EQ(out(),
            "o/r:Q4_0: 2.5 GB become free; 1 of its files stay, something else needs them\n");
  EXPECT_THAT(body_of("/llf/v1/model/remove"), HasSubstr(R"("dry_run":true)"));
}

TEST_F(ModelRemove, is_not_done_when_nobody_agrees) {
  EXPECT_EQ(run({"model", "remove", "r"}), 2);
  EXPECT_THAT(err(), HasSubstr("--yes"));
  EXPECT_THAT(body_of("/llf/v1/model/remove"), HasSubstr(R"("dry_run":true)"));
  EXPECT_EQ(run({"model", "remove"}), 2);
}

TEST_F(ModelRemove, is_done_by_the_whole_name) {
  EXPECT_EQ(run({"model", "remove", "r", "--yes"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("removed o/r:Q4_0: 2.5 GB"));
  EXPECT_EQ(body_of("/llf/v1/model/remove"), R"({"model":"o/r:Q4_0","dry_run":false})");
}

}  // namespace
}  // namespace llf::cli
