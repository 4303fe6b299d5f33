#include "hub/repair.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"
#include "hub/part_file.hpp"
#include "os/file_lock.hpp"
#include "store/digest_file.hpp"
#include "store/hub_cache.hpp"
#include "store/test_shelf.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace llf::hub {
namespace {

namespace fs = std::filesystem;

class RepairTest : public testing::Test {
 protected:
  RepairTest() {
    shelf_.put_cached("models--o--r", kCommit, "Q4/m-Q4_0.gguf", content_);
    model_ = shelf_.models(store::Source::hugging_face).front();
    blob_ = fs::canonical(model_.path);
  }

  [[nodiscard]] std::vector<store::VerifiedFile> verify() const {
    return *store::verify_model(model_, shelf_.root() / "marks", [](auto) { return true; });
  }
  [[nodiscard]] std::vector<store::VerifiedFile> damaged() const {
    auto files = verify();
    std::erase_if(files, [](const auto& file) { return !is_repairable(file); });
    return files;
  }
  void damage() const {
    std::fstream file(blob_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-1, std::ios::end);
    file.put('!');
  }

  const std::string kCommit = std::string(40, 'a');
  store::TestShelf shelf_;
  std::string content_ = gguf::small_model().bytes();
  store::ModelFile model_;
  fs::path blob_;
  const Endpoint hub_{.url = *Url::parse("https://hub.example"), .token = {}};
};

TEST_F(RepairTest, a_damaged_file_becomes_a_download_that_has_the_right_parts) {
  content_.resize(3 * limits::kPart.bytes());
  shelf_.put_cached("models--o--big", kCommit, "m.gguf", content_);
  model_.path = (shelf_.root() / "models--o--big/snapshots" / kCommit / "m.gguf").native();
  blob_ = fs::canonical(model_.path);
  static_cast<void>(verify());
  damage();
  EXPECT_EQ(repair_request(model_, shelf_.root(), hub_)->model, "o/big@" + kCommit + ":m.gguf");
  EXPECT_TRUE(take_back(damaged(), shelf_.root()));
  EXPECT_FALSE(fs::exists(model_.path)) << "nobody gets it until it is right";
  const auto part =
      PartFile::open(blob_, {.size = content_.size(), .tag = store::sha256(content_).hex()},
                     {.boot = "another boot"});
  ASSERT_TRUE(part);
  EXPECT_EQ(part->written().total(), 2 * limits::kPart.bytes());
}

TEST_F(RepairTest, of_a_file_without_marks_nothing_counts) {
  damage();
  EXPECT_EQ(repair_request(model_, shelf_.root(), hub_)->model,
            "o/r@" + kCommit + ":Q4/m-Q4_0.gguf");
  EXPECT_TRUE(take_back(damaged(), shelf_.root()));
  const auto part = PartFile::open(
      blob_, {.size = content_.size(), .tag = store::sha256(content_).hex()}, {.boot = "boot"});
  ASSERT_TRUE(part);
  EXPECT_EQ(part->written().total(), 0U);
}

TEST_F(RepairTest, what_is_right_or_wrong_at_its_source_is_not_repaired) {
  EXPECT_TRUE(damaged().empty());
  EXPECT_FALSE(is_repairable({.path = "/m", .sha256 = store::sha256("x")}));
  EXPECT_FALSE(is_repairable({.path = "/m",
                              .sha256 = store::sha256("x"),
                              .expected = store::sha256("x"),
                              .broken = "no model"}));
}

TEST_F(RepairTest, all_of_them_are_taken_or_none) {
  shelf_.put_cached("models--o--r", kCommit, "other.gguf", "second");
  damage();
  auto files = damaged();
  auto second = files.front();
  second.path = (shelf_.root() / "models--o--r/snapshots" / kCommit / "other.gguf").native();
  second.expected = store::sha256("second");
  const auto blob = fs::canonical(second.path);
  files.push_back(second);
  {
    // In the place of the second stands what cannot become a part.
    fs::rename(blob, blob.native() + ".away");
    fs::create_symlink(blob.native() + ".away", blob);
    EXPECT_FALSE(take_back(files, shelf_.root()));
  }
  EXPECT_TRUE(fs::exists(model_.path));
  EXPECT_FALSE(fs::exists(PartFile::part_of(blob_)));
}

TEST_F(RepairTest, what_is_being_downloaded_is_not_taken) {
  damage();
  const auto path = store::lock_of_content(shelf_.root(), blob_);
  fs::create_directories(path.parent_path());
  const auto held = os::FileLock::try_acquire(path);
  ASSERT_TRUE(held && *held);
  EXPECT_EQ(take_back(damaged(), shelf_.root()).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(fs::exists(model_.path));
}

TEST_F(RepairTest, of_two_repairs_at_once_the_second_is_told_of_the_first) {
  damage();
  const auto files = damaged();
  EXPECT_TRUE(take_back(files, shelf_.root()));
  EXPECT_EQ(take_back(files, shelf_.root()).error().kind, ErrorKind::conflict);
}

TEST_F(RepairTest, a_file_of_a_folder_came_from_nobody_knows_where) {
  const store::ModelFile other{.path = shelf_.put("own/m.gguf", "GGUF").native()};
  const auto request = repair_request(other, shelf_.root(), hub_);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind, ErrorKind::forbidden);
}

TEST_F(RepairTest, a_file_of_a_url_comes_from_there) {
  const auto file = shelf_.put("own/m.gguf", content_);
  const auto sha256 = store::sha256(content_);
  ASSERT_TRUE(store::keep_digest(file, {.sha256 = sha256, .source = "https://h.example/m.gguf"}));
  model_ = {.path = file.native()};
  blob_ = file;
  damage();
  const auto request = repair_request(model_, shelf_.root(), hub_);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->model, "https://h.example/m.gguf");
  EXPECT_EQ(request->sha256, sha256);
  const auto files = damaged();
  ASSERT_EQ(files.size(), 1U);
  EXPECT_TRUE(take_back(files, shelf_.root()));
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(take_back(files, shelf_.root()).error().kind, ErrorKind::conflict);
  give_back(files, shelf_.root());
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(RepairTest, what_was_taken_for_nothing_is_given_back) {
  damage();
  const auto files = damaged();
  ASSERT_TRUE(take_back(files, shelf_.root()));
  {
    const auto held = os::FileLock::try_acquire(store::lock_of_content(shelf_.root(), blob_));
    ASSERT_TRUE(held && *held);
    give_back(files, shelf_.root());
    EXPECT_FALSE(fs::exists(model_.path)) << "somebody fetches it";
  }
  give_back(files, shelf_.root());
  EXPECT_TRUE(fs::exists(model_.path));
  EXPECT_FALSE(fs::exists(PartFile::part_of(blob_)));
  EXPECT_FALSE(fs::exists(PartFile::journal_of(blob_)));
}

}  // namespace
}  // namespace llf::hub
