#include "store/catalog.hpp"

#include "store/test_shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace llf::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class CatalogTest : public testing::Test {
 protected:
  void SetUp() override { shelf_.put("built-in.gguf"); }

  [[nodiscard]] Catalog catalog() const {
    return Catalog({{.root = shelf_.root() / "built-in.gguf", .source = Source::built_in},
                    {.root = shelf_.root() / "models"},
                    {.root = shelf_.root() / "later"}});
  }
  static std::vector<std::string> names(Catalog& catalog) {
    return TestShelf::names(catalog.list());
  }

  TestShelf shelf_;
};

TEST_F(CatalogTest, lists_every_shelf_by_name) {
  shelf_.put("models/zeta.gguf");
  shelf_.put("models/alpha.gguf");
  auto models = catalog();
  EXPECT_THAT(names(models), ElementsAre("alpha", "built-in", "zeta"));
  EXPECT_EQ(models.default_model(), ModelId("built-in"));
  EXPECT_EQ(models.list().at(1).source, Source::built_in);
  EXPECT_EQ(models.list().at(0).size, ByteSize(4));
}

TEST_F(CatalogTest, is_stale_when_a_shelf_changed_and_only_then) {
  shelf_.put("models/a.gguf");
  auto models = catalog();
  EXPECT_TRUE(models.stale()) << "before the first look";
  EXPECT_THAT(names(models), ElementsAre("a", "built-in"));
  EXPECT_FALSE(models.stale());
  shelf_.put("models/new.gguf");
  EXPECT_TRUE(models.stale());
  EXPECT_TRUE(models.find(ModelId("new")));
  EXPECT_FALSE(models.stale());
  fs::remove(shelf_.root() / "models/a.gguf");
  EXPECT_FALSE(models.find(ModelId("a")));
  shelf_.put("later/b.gguf");
  EXPECT_TRUE(models.stale()) << "a shelf appeared";
  EXPECT_THAT(names(models), ElementsAre("b", "built-in", "new"));
  fs::remove(shelf_.root() / "built-in.gguf");
  EXPECT_THAT(names(models), ElementsAre("b", "new"));
}

TEST_F(CatalogTest, looks_at_other_shelves_when_it_is_told) {
  shelf_.put("other/o.gguf");
  auto models = catalog();
  EXPECT_THAT(names(models), ElementsAre("built-in"));
  auto same = models.shelves();
  models.set_shelves(std::move(same));
  EXPECT_FALSE(models.stale());
  models.set_shelves({{.root = shelf_.root() / "other"}});
  EXPECT_THAT(names(models), ElementsAre("o"));
  EXPECT_EQ(models.default_model(), ModelId("o"));
}

TEST_F(CatalogTest, an_earlier_shelf_wins_over_a_later_one_of_the_same_name) {
  shelf_.put("models/built-in.gguf");
  auto models = catalog();
  EXPECT_EQ(models.list().size(), 1U);
  EXPECT_EQ(models.find(ModelId("built-in"))->source, Source::built_in);
}

TEST_F(CatalogTest, takes_what_was_found_elsewhere) {
  shelf_.put("models/a.gguf");
  auto models = catalog();
  models.take(take_inventory(models.shelves()));
  EXPECT_FALSE(models.stale());
  EXPECT_THAT(names(models), ElementsAre("a", "built-in"));
}

TEST_F(CatalogTest, what_was_found_on_other_shelves_is_not_taken) {
  shelf_.put("models/a.gguf");
  auto models = catalog();
  auto found = take_inventory(models.shelves());
  models.set_shelves({{.root = shelf_.root() / "other"}});
  models.take(std::move(found));
  EXPECT_TRUE(models.stale());
  EXPECT_TRUE(models.list().empty());
}

TEST_F(CatalogTest, reads_a_file_by_its_path) {
  const auto path = shelf_.put("m-00001-of-00002.gguf").native();
  EXPECT_THAT(read_model_file(path).error().message, HasSubstr("m-00002-of-00002.gguf is missing"));
  shelf_.put("m-00002-of-00002.gguf");
  const auto model = read_model_file(path);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->id, ModelId("m"));
  EXPECT_EQ(model->further.size(), 1U);
  EXPECT_EQ(read_model_file(model->further.front()), model) << "any part stands for it";
  const auto slashes = path.substr(0, path.rfind('/')) + "//" + path.substr(path.rfind('/') + 1);
  EXPECT_EQ(read_model_file(slashes), model) << "however it is written";
  EXPECT_EQ(read_model_file("/nowhere/a.gguf").error().kind, ErrorKind::not_found);
  EXPECT_EQ(read_model_file(shelf_.put("a.bin").native()).error().kind, ErrorKind::invalid);
}

TEST(Catalog, without_any_model_there_is_no_default) {
  Catalog models({});
  EXPECT_TRUE(models.list().empty());
  EXPECT_TRUE(models.default_model().empty());
  const auto found = models.find(models.default_model());
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("models.folder"));
}

}  // namespace
}  // namespace llf::store
