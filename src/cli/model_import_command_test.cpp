#include "cli/model_import_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;

TEST_F(CommandTest, import_names_a_file_by_its_whole_path) {
  answer("/llf/v1/model/import", R"({"files":[{"from":"/a","to":"/own/a","how":"hard link"}]})");
  EXPECT_EQ(run({"model", "import", "/x/../a.gguf"}), 0) << err();
  EXPECT_EQ(out(), "/own/a  (hard link)\n");
  EXPECT_EQ(body_of("/llf/v1/model/import"), R"({"path":"/a.gguf","copy":false})");
  EXPECT_EQ(run({"model", "import", "/a.gguf", "--copy"}), 0);
  EXPECT_THAT(body_of("/llf/v1/model/import"), HasSubstr(R"("copy":true)"));
  EXPECT_EQ(run({"model", "import"}), 2);
}

}  // namespace
}  // namespace llf::cli
