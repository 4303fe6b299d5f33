#include "cli/model_prune_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;

class ModelPrune : public CommandTest {
 protected:
  void answer_leftovers(const std::string& rest) {
    answer("/llf/v1/model/prune", "{" + rest + "}");
  }
};

TEST_F(ModelPrune, tells_what_would_go) {
  answer_leftovers(R"("removed":false,"freed_bytes":2000000,"files":[
      {"path":"/hub/blobs/x","kind":"unnamed","size_bytes":2000000},
      {"path":"/bases/y.json","kind":"notes","size_bytes":0}])");
  EXPECT_EQ(run({"model", "prune", "--dry-run"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("2.0 MB  /hub/blobs/x  (nothing refers to it)"));
  EXPECT_THAT(out(), HasSubstr("/bases/y.json  (what was learned of a model that is gone)"));
  EXPECT_THAT(out(), HasSubstr("2.0 MB would become free"));
  EXPECT_EQ(body_of("/llf/v1/model/prune"), R"({"dry_run":true})");
}

TEST_F(ModelPrune, is_not_done_when_nobody_agrees) {
  answer_leftovers(R"("removed":false,"freed_bytes":1,"files":[{"path":"/x"}])");
  EXPECT_EQ(run({"model", "prune"}), 2);
  EXPECT_THAT(err(), HasSubstr("--yes"));
  EXPECT_EQ(body_of("/llf/v1/model/prune"), R"({"dry_run":true})");
}

TEST_F(ModelPrune, is_done_when_told_so) {
  answer_leftovers(R"("removed":true,"freed_bytes":5000,"files":[{"path":"/x","kind":"marks"}])");
  EXPECT_EQ(run({"model", "prune", "--yes"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("5.0 kB are free now"));
  EXPECT_EQ(body_of("/llf/v1/model/prune"), R"({"dry_run":false})");
}

TEST_F(ModelPrune, says_that_nothing_is_left) {
  answer_leftovers(R"("removed":false,"freed_bytes":0,"files":[])");
  EXPECT_EQ(run({"model", "prune"}), 0) << err();
  EXPECT_EQ(out(), "nothing is left over\n");
}

}  // namespace
}  // namespace llf::cli
