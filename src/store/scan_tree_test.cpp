#include "store/scan_tree.hpp"

#include "store/test_shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::store {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::UnorderedElementsAre;

TEST(ScanTree, names_models_by_their_folders) {
  const TestShelf shelf;
  shelf.put("alone.gguf");
  shelf.put("publisher/Repo-GGUF/Repo-Q4_K_M.gguf");
  shelf.put("publisher/Repo-GGUF/Repo-Q8_0.gguf");
  shelf.put("ORG--Python/model-q5_k_m.gguf");
  shelf.put("mine/own.gguf");
  shelf.put("readme.txt");
  EXPECT_THAT(TestShelf::names(shelf.models(Source::lm_studio)),
              UnorderedElementsAre("alone", "publisher/Repo-GGUF:Q4_K_M",
                                   "publisher/Repo-GGUF:Q8_0", "ORG/Python:Q5_K_M", "own"));
}

TEST(ScanTree, goes_round_in_no_circle_and_not_without_end) {
  const TestShelf shelf;
  shelf.put("a/b/c/d/deep.gguf");
  shelf.put("a/b/c/d/e/deeper.gguf");
  std::filesystem::create_directory_symlink(shelf.root(), shelf.root() / "a/again");
  EXPECT_THAT(TestShelf::names(shelf.models(Source::folder)), ElementsAre("deep"));
}

TEST(ScanTree, tells_of_folders_before_it_looks_into_them) {
  const TestShelf shelf;
  shelf.put("a/b/one.gguf");
  std::vector<std::string> folders;
  static_cast<void>(scan_tree({.root = shelf.root()}, [&](const std::filesystem::path& path) {
    folders.push_back(path.native());
  }));
  EXPECT_THAT(folders, ElementsAre(shelf.root().native(), EndsWith("/a"), EndsWith("/a/b")));
}

TEST(ScanTree, an_absent_folder_is_empty) {
  EXPECT_TRUE(scan_tree({.root = "/nowhere/at/all"}, [](const auto&) {}).empty());
}

}  // namespace
}  // namespace llf::store
