#include "hub/license.hpp"

#include "base/limits.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace llf::hub {
namespace {

const auto kModel = *store::RepositoryName::parse("o/model-GGUF");

TEST(License, is_kept) {
  const os::TestFolder folder;
  EXPECT_EQ(load_license(folder / "bases", kModel), "");
  save_license(folder / "bases", kModel, "mit");
  EXPECT_EQ(load_license(folder / "bases", kModel), "mit");
  save_license(folder / "bases", kModel, "");
  EXPECT_EQ(load_license(folder / "bases", kModel), "mit") << "what is not told changes nothing";
  EXPECT_EQ(load_license(folder / "bases", *store::RepositoryName::parse("o/other")), "");
  save_license({}, kModel, "mit");
}

TEST(License, is_a_short_text) {
  const os::TestFolder folder;
  save_license(folder.path(), kModel, std::string(limits::kHubLicense + 1, 'x'));
  EXPECT_EQ(load_license(folder.path(), kModel), std::string(limits::kHubLicense, 'x'));
  std::ofstream(folder / "models--o--model-GGUF.license") << "\xff";
  EXPECT_EQ(load_license(folder.path(), kModel), "");
}

}  // namespace
}  // namespace llf::hub
