#include "store/catalog.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

class CatalogFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              fmt::format("llf-catalog-{}",
                          testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "models");
    touch("built-in.gguf");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void touch(const fs::path& name) const { std::ofstream(folder_ / name) << "GGUF"; }
  [[nodiscard]] Catalog catalog() const {
    return {(folder_ / "built-in.gguf").string(),
            {(folder_ / "models").string(), (folder_ / "absent").string()}};
  }
  static std::vector<std::string> names(Catalog& catalog) {
    std::vector<std::string> out;
    for (const auto& model : catalog.list()) out.push_back(model.id.str());
    return out;
  }

  fs::path folder_;
};

TEST_F(CatalogFolder, lists_the_built_in_model_and_the_folders_by_name) {
  touch("models/zeta.gguf");
  touch("models/alpha.gguf");
  touch("models/readme.txt");
  fs::create_directories(folder_ / "models/folder.gguf");
  auto models = catalog();
  EXPECT_EQ(names(models), (std::vector<std::string>{"alpha", "built-in", "zeta"}));
  EXPECT_EQ(models.default_model(), ModelId("built-in"));
  EXPECT_EQ(models.list().at(1).source, Source::built_in);
  EXPECT_EQ(models.list().at(0).size, ByteSize(4));
}

TEST_F(CatalogFolder, a_file_that_appears_is_found_at_once) {
  auto models = catalog();
  EXPECT_FALSE(models.find(ModelId("new")));
  touch("models/new.gguf");
  const auto found = models.find(ModelId("new"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, (folder_ / "models/new.gguf").string());
}

TEST_F(CatalogFolder, a_name_that_is_no_utf8_can_still_be_asked_for) {
  touch("models/caf\xE9.gguf");
  auto models = catalog();
  EXPECT_TRUE(models.find(ModelId("caf\xEF\xBF\xBD")));
}

TEST_F(CatalogFolder, a_file_that_is_gone_is_not_found_any_more) {
  touch("models/old.gguf");
  auto models = catalog();
  ASSERT_TRUE(models.find(ModelId("old")));
  fs::remove(folder_ / "models/old.gguf");
  const auto found = models.find(ModelId("old"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::not_found);
}

TEST_F(CatalogFolder, a_misspelt_name_gets_the_nearest) {
  touch("models/qwen3-8b.gguf");
  auto models = catalog();
  const auto found = models.find(ModelId("qwen3-8d"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "no model 'qwen3-8d' is here. Did you mean 'qwen3-8b'?");
}

TEST_F(CatalogFolder, an_earlier_folder_wins_over_a_later_one_of_the_same_name) {
  touch("models/built-in.gguf");
  auto models = catalog();
  ASSERT_TRUE(models.find(ModelId("built-in")));
  EXPECT_EQ(models.find(ModelId("built-in"))->source, Source::built_in);
  EXPECT_EQ(models.list().size(), 1U);
}

TEST_F(CatalogFolder, a_split_model_is_listed_once) {
  touch("models/big-00001-of-00003.gguf");
  touch("models/big-00002-of-00003.gguf");
  touch("models/big-00003-of-00003.gguf");
  auto models = catalog();
  EXPECT_EQ(names(models), (std::vector<std::string>{"big-00001-of-00003", "built-in"}));
}

TEST(Catalog, without_any_model_there_is_no_default) {
  Catalog models("", {});
  EXPECT_TRUE(models.list().empty());
  EXPECT_TRUE(models.default_model().empty());
  const auto found = models.find(models.default_model());
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("models.folder"), std::string::npos);
}

}  // namespace
}  // namespace llf::store
