#include "store/scan_hub_cache.hpp"

#include "store/test_shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::store {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

const std::string kOldCommit(40, 'a');
const std::string kMainCommit(40, 'b');
constexpr auto kRepository = "models--org--repo";

TEST(ScanHubCache, finds_the_models_of_the_main_revision_and_what_only_older_ones_have) {
  const TestShelf shelf;
  shelf.put_cached(kRepository, kOldCommit, "m-Q4_0.gguf", "old");
  shelf.put_cached(kRepository, kOldCommit, "m-Q8_0.gguf", "eight");
  shelf.put_cached(kRepository, kMainCommit, "m-Q4_0.gguf", "the new one");
  shelf.put(std::string(kRepository) + "/refs/main", kMainCommit);
  const auto models = shelf.models(Source::hugging_face);
  ASSERT_THAT(TestShelf::names(models), ElementsAre("org/repo:Q4_0", "org/repo:Q8_0"));
  EXPECT_THAT(models[0].path, EndsWith(kMainCommit + "/m-Q4_0.gguf"));
  EXPECT_EQ(models[0].size, ByteSize(11));
  EXPECT_EQ(models[0].repository, "org/repo");
}

TEST(ScanHubCache, sees_files_in_folders_and_not_what_is_not_whole) {
  const TestShelf shelf;
  shelf.put_cached(kRepository, kMainCommit, "Q2_K/m-00001-of-00002.gguf", "1");
  shelf.put_cached(kRepository, kMainCommit, "Q2_K/m-00002-of-00002.gguf", "2");
  shelf.put(std::string(kRepository) + "/blobs/" + std::string(64, 'c') + ".incomplete");
  std::filesystem::create_symlink(
      "../../blobs/absent", shelf.root() / kRepository / "snapshots" / kMainCommit / "gone.gguf");
  EXPECT_THAT(TestShelf::names(shelf.models(Source::hugging_face)), ElementsAre("org/repo:Q2_K"));
}

TEST(ScanHubCache, joins_no_parts_of_two_revisions) {
  const TestShelf shelf;
  for (const auto* part : {"1", "2"}) {
    shelf.put_cached(kRepository, kOldCommit, std::string("m-Q2_K-0000") + part + "-of-00002.gguf",
                     std::string("old") + part);
  }
  shelf.put_cached(kRepository, kMainCommit, "m-Q2_K-00001-of-00002.gguf", "new1");
  shelf.put(std::string(kRepository) + "/refs/main", kMainCommit);
  const auto models = shelf.models(Source::hugging_face);
  ASSERT_THAT(TestShelf::names(models), ElementsAre("org/repo:Q2_K"));
  EXPECT_THAT(models[0].path, testing::HasSubstr(kOldCommit));
}

TEST(ScanHubCache, models_of_one_file_name_in_two_folders_are_two) {
  const TestShelf shelf;
  shelf.put_cached(kRepository, kMainCommit, "Q4_K_M/model.gguf", "four");
  shelf.put_cached(kRepository, kMainCommit, "Q8_0/model.gguf", "eight");
  EXPECT_THAT(TestShelf::names(shelf.models(Source::hugging_face)),
              ElementsAre("org/repo:Q4_K_M", "org/repo:Q8_0"));
}

TEST(ScanHubCache, takes_only_folders_of_models) {
  const TestShelf shelf;
  shelf.put_cached("datasets--org--repo", kMainCommit, "m.gguf");
  shelf.put_cached("models--org", kMainCommit, "m.gguf");
  shelf.put_cached("models--org--..", kMainCommit, "m.gguf");
  shelf.put("models--org--repo");
  EXPECT_TRUE(shelf.models(Source::hugging_face).empty());
}

}  // namespace
}  // namespace llf::store
