#include "hub/repair.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"
#include "hub/part_file.hpp"
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
};

TEST_F(RepairTest, a_damaged_file_becomes_a_download_that_has_the_right_parts) {
  content_.resize(3 * limits::kPart.bytes());
  shelf_.put_cached("models--o--big", kCommit, "m.gguf", content_);
  model_.path = (shelf_.root() / "models--o--big/snapshots" / kCommit / "m.gguf").native();
  blob_ = fs::canonical(model_.path);
  static_cast<void>(verify());
  damage();
  EXPECT_EQ(prepare_repair(model_, verify(), shelf_.root()), "o/big@" + kCommit + ":m.gguf");
  EXPECT_FALSE(fs::exists(model_.path)) << "nobody gets it until it is right";
  const auto part =
      PartFile::open(blob_, {.size = content_.size(), .tag = store::sha256(content_).hex()},
                     {.boot = "another boot"});
  ASSERT_TRUE(part);
  EXPECT_EQ(part->written().total(), 2 * limits::kPart.bytes());
}

TEST_F(RepairTest, of_a_file_without_marks_nothing_counts) {
  damage();
  EXPECT_EQ(prepare_repair(model_, verify(), shelf_.root()), "o/r@" + kCommit + ":Q4/m-Q4_0.gguf");
  const auto part = PartFile::open(
      blob_, {.size = content_.size(), .tag = store::sha256(content_).hex()}, {.boot = "boot"});
  ASSERT_TRUE(part);
  EXPECT_EQ(part->written().total(), 0U);
}

TEST_F(RepairTest, what_is_right_stays) {
  EXPECT_TRUE(prepare_repair(model_, verify(), shelf_.root()));
  EXPECT_TRUE(fs::exists(model_.path));
}

TEST_F(RepairTest, a_file_of_a_folder_came_from_nobody_knows_where) {
  const store::ModelFile other{.path = shelf_.put("own/m.gguf", "GGUF").native()};
  const auto repaired = prepare_repair(other, {}, shelf_.root());
  ASSERT_FALSE(repaired);
  EXPECT_EQ(repaired.error().kind, ErrorKind::forbidden);
}

}  // namespace
}  // namespace llf::hub
