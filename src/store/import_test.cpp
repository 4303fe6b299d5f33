#include "store/import.hpp"

#include "gguf/test_file.hpp"
#include "store/test_shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

namespace llf::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

bool go_on(std::uint64_t /*done*/) {
  return true;
}

class ImportTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path folder() const { return shelf_.root() / "own"; }
  [[nodiscard]] fs::path model(const std::string& name) const {
    return shelf_.put("from/" + name, content_);
  }

  TestShelf shelf_;
  std::string content_ = gguf::small_model().bytes();
};

TEST_F(ImportTest, shares_a_file_and_copies_when_told) {
  const auto from = model("a.gguf");
  const auto shared = import_models(from, folder(), ImportBy::sharing, go_on);
  ASSERT_TRUE(shared) << shared.error().message;
  EXPECT_EQ(shared->size(), 1U);
  EXPECT_EQ(fs::file_size(folder() / "a.gguf"), content_.size());
  if (shared->front().how == "hard link") {
    EXPECT_EQ(fs::hard_link_count(from), 2U);
    EXPECT_EQ(import_models(from, folder(), ImportBy::sharing, go_on)->front().how, "was there");
  }
  const auto copied = import_models(model("b.gguf"), folder(), ImportBy::copying, go_on);
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(copied->front().how, "copy");
  EXPECT_EQ(fs::hard_link_count(folder() / "b.gguf"), 1U);
  EXPECT_EQ(fs::file_size(folder() / "b.gguf"), content_.size());
}

TEST_F(ImportTest, takes_all_parts_and_whole_folders) {
  static_cast<void>(model("m-00002-of-00002.gguf"));
  const auto parts =
      import_models(model("m-00001-of-00002.gguf"), folder(), ImportBy::sharing, go_on);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->size(), 2U);
  static_cast<void>(model("other.gguf"));
  shelf_.put("from/readme.txt");
  EXPECT_EQ(import_models(shelf_.root() / "from", folder(), ImportBy::sharing, go_on)->size(), 3U);
}

TEST_F(ImportTest, a_part_under_another_name_is_refused) {
  gguf::TestFile part;
  part.head(1, 3).pair("general.architecture", "llama").pair("split.no", 1U);
  part.pair("split.count", 2U).tensor("w", {4}, gguf::kF32, 0).data(16);
  const auto file = shelf_.put("from/alone.gguf", part.bytes());
  const auto refused = import_models(file, folder(), ImportBy::sharing, go_on);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("part 2 of 2"));
}

TEST_F(ImportTest, a_copy_is_of_its_own_whatever_was_shared_before) {
  const auto from = model("a.gguf");
  fs::create_directories(folder());
  for (const bool hard : {true, false}) {
    fs::remove(folder() / "a.gguf");
    if (hard) fs::create_hard_link(from, folder() / "a.gguf");
    if (!hard) fs::create_symlink(from, folder() / "a.gguf");
    const auto copied = import_models(from, folder(), ImportBy::copying, go_on);
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_EQ(copied->front().how, "copy");
    EXPECT_FALSE(fs::equivalent(from, folder() / "a.gguf"));
    EXPECT_EQ(fs::file_size(folder() / "a.gguf"), content_.size());
    EXPECT_EQ(import_models(from, folder(), ImportBy::copying, go_on)->front().how, "was there");
  }
}

TEST_F(ImportTest, a_copy_tells_how_far_it_is_and_can_be_stopped) {
  const auto from = model("a.gguf");
  std::uint64_t told = 0;
  const auto stops = [&](std::uint64_t done) {
    told = done;
    return false;
  };
  const auto stopped = import_models(from, folder(), ImportBy::copying, stops);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(told, content_.size());
  EXPECT_TRUE(fs::is_empty(folder())) << "nothing is left of it";
}

TEST_F(ImportTest, a_copy_that_fails_takes_nothing_away_that_was_there) {
  const auto from = model("a.gguf");
  static_cast<void>(model("z.gguf"));
  shelf_.put("own/z.gguf", "mine");
  fs::create_hard_link(from, folder() / "a.gguf");
  EXPECT_FALSE(import_models(shelf_.root() / "from", folder(), ImportBy::copying, go_on));
  EXPECT_EQ(fs::file_size(folder() / "a.gguf"), content_.size());
}

TEST_F(ImportTest, a_split_model_comes_whole_or_not_at_all) {
  const auto first = model("m-00001-of-00003.gguf");
  const auto last = model("m-00003-of-00003.gguf");
  static_cast<void>(model("other.gguf"));
  for (const auto& from : {first, last, shelf_.root() / "from"}) {
    const auto refused = import_models(from, folder(), ImportBy::sharing, go_on);
    ASSERT_FALSE(refused) << from;
    EXPECT_EQ(refused.error().kind, ErrorKind::not_found);
    EXPECT_THAT(refused.error().message, HasSubstr("m-00002-of-00003.gguf is missing"));
    EXPECT_FALSE(fs::exists(folder()));
  }
  static_cast<void>(model("m-00002-of-00003.gguf"));
  const auto imported = import_models(last, folder(), ImportBy::sharing, go_on);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->size(), 3U);
}

TEST_F(ImportTest, a_projector_is_of_the_models_that_came_with_it) {
  shelf_.put("own/other.gguf", content_);
  shelf_.put("first/gemma.gguf", content_);
  shelf_.put("first/mmproj-F16.gguf", content_);
  shelf_.put("second/qwen--vl-00001-of-00002.gguf", content_);
  shelf_.put("second/qwen--vl-00002-of-00002.gguf", content_);
  shelf_.put("second/mmproj-F16.gguf", content_);
  for (const auto* from : {"first", "second"}) {
    const auto imported = import_models(shelf_.root() / from, folder(), ImportBy::sharing, go_on);
    ASSERT_TRUE(imported) << imported.error().message;
  }
  std::map<std::string, fs::path> projectors;
  for (const auto& model : scan({.root = folder()}, [](const auto&) {})) {
    projectors[model.id.str()] = fs::path(model.projector).lexically_relative(folder());
  }
  EXPECT_EQ(projectors, (std::map<std::string, fs::path>{{"gemma", "gemma/mmproj-F16.gguf"},
                                                         {"other", ""},
                                                         {"qwen--vl", "qwen-vl/mmproj-F16.gguf"}}));
}

TEST_F(ImportTest, a_folder_that_is_not_imported_leaves_none) {
  shelf_.put("from/gemma.gguf", content_);
  shelf_.put("from/mmproj-F16.gguf", content_);
  shelf_.put("own/gemma/mmproj-F16.gguf", "another");
  EXPECT_EQ(import_models(shelf_.root() / "from", folder(), ImportBy::sharing, go_on).error().kind,
            ErrorKind::conflict);
  EXPECT_FALSE(fs::exists(folder() / "gemma/gemma.gguf"));
  fs::remove_all(folder());
  shelf_.put("own", "a file");
  EXPECT_EQ(import_models(shelf_.root() / "from", folder(), ImportBy::sharing, go_on).error().kind,
            ErrorKind::conflict);
  fs::remove(shelf_.root() / "from/gemma.gguf");
  const auto blind = import_models(shelf_.root() / "from", folder(), ImportBy::sharing, go_on);
  ASSERT_FALSE(blind);
  EXPECT_THAT(blind.error().message, HasSubstr("no model"));
}

TEST_F(ImportTest, all_or_none_and_nothing_is_replaced) {
  static_cast<void>(model("a.gguf"));
  static_cast<void>(model("z.gguf"));
  shelf_.put("own/z.gguf", "mine");
  const auto refused = import_models(shelf_.root() / "from", folder(), ImportBy::sharing, go_on);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_FALSE(fs::exists(folder() / "a.gguf"));
  EXPECT_EQ(fs::file_size(folder() / "z.gguf"), 4U);
}

TEST_F(ImportTest, an_import_that_was_ended_between_two_files_goes_on) {
  static_cast<void>(model("a.gguf"));
  ASSERT_TRUE(import_models(shelf_.root() / "from", folder(), ImportBy::copying, go_on));
  static_cast<void>(model("b.gguf"));
  const auto again = import_models(shelf_.root() / "from", folder(), ImportBy::copying, go_on);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->front().how, "was there");
  EXPECT_EQ(again->back().how, "copy");
}

TEST_F(ImportTest, what_is_no_model_is_refused) {
  EXPECT_THAT(import_models(shelf_.put("from/bad.gguf", "GGUF"), folder(), ImportBy::sharing, go_on)
                  .error()
                  .message,
              HasSubstr("at byte 4"));
  EXPECT_EQ(import_models("/nowhere/x.gguf", folder(), ImportBy::sharing, go_on).error().kind,
            ErrorKind::not_found);
  fs::create_directories(shelf_.root() / "empty");
  EXPECT_EQ(import_models(shelf_.root() / "empty", folder(), ImportBy::sharing, go_on).error().kind,
            ErrorKind::not_found);
  EXPECT_FALSE(fs::exists(folder()));
}

}  // namespace
}  // namespace llf::store
