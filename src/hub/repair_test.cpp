#include "hub/repair.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"
#include "store/digest_file.hpp"
#include "store/hub_cache.hpp"
#include "store/test_shelf.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <utility>

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

  /// As of a hub that has what the cache should have.
  [[nodiscard]] DownloadPlan planned() const {
    return {.model = "o/r",
            .files = {{.path = "m.gguf",
                       .size = ByteSize(content_.size()),
                       .place = blob_,
                       .present = true}}};
  }

  const std::string kCommit = std::string(40, 'a');
  store::TestShelf shelf_;
  std::string content_ = gguf::small_model().bytes();
  store::ModelFile model_;
  fs::path blob_;
  const Endpoint hub_{.url = *Url::parse("https://hub.example"), .token = {}};
};

TEST_F(RepairTest, of_a_file_with_marks_only_what_is_damaged_comes) {
  content_.resize(3 * limits::kPart.bytes());
  shelf_.put_cached("models--o--big", kCommit, "m.gguf", content_);
  model_.path = (shelf_.root() / "models--o--big/snapshots" / kCommit / "m.gguf").native();
  blob_ = fs::canonical(model_.path);
  static_cast<void>(verify());
  damage();
  EXPECT_EQ(repair_request(model_, shelf_.root(), hub_)->model, "o/big@" + kCommit + ":m.gguf");
  auto plan = planned();
  ASSERT_TRUE(plan_repair(plan, damaged()));
  EXPECT_FALSE(plan.files.front().present);
  EXPECT_EQ(plan.missing(), limits::kPart);
  EXPECT_TRUE(fs::exists(model_.path)) << "it stays until the right one is here";
}

TEST_F(RepairTest, of_a_file_that_was_cut_what_is_missing_comes_too) {
  constexpr auto kPart = limits::kPart.bytes();
  content_.resize(3 * kPart + 10);
  shelf_.put_cached("models--o--big", kCommit, "m.gguf", content_);
  model_.path = (shelf_.root() / "models--o--big/snapshots" / kCommit / "m.gguf").native();
  blob_ = fs::canonical(model_.path);
  static_cast<void>(verify());
  for (const auto& [size, missing] :
       {std::pair(2 * kPart + 1, kPart + 10), std::pair(kPart, 2 * kPart + 10),
        std::pair(3 * kPart + 3, std::uint64_t{10})}) {
    fs::resize_file(blob_, size);
    auto plan = planned();
    ASSERT_TRUE(plan_repair(plan, damaged()));
    EXPECT_EQ(plan.missing().bytes(), missing) << size;
    std::ofstream(blob_, std::ios::binary) << content_;
  }
}

TEST_F(RepairTest, of_a_file_without_marks_all_comes) {
  damage();
  EXPECT_EQ(repair_request(model_, shelf_.root(), hub_)->model,
            "o/r@" + kCommit + ":Q4/m-Q4_0.gguf");
  auto plan = planned();
  ASSERT_TRUE(plan_repair(plan, damaged()));
  EXPECT_EQ(plan.missing().bytes(), content_.size());
}

TEST_F(RepairTest, what_does_not_come_with_a_plan_is_told) {
  damage();
  DownloadPlan plan{.model = "o/other"};
  EXPECT_EQ(plan_repair(plan, damaged()).error().kind, ErrorKind::not_found);
}

TEST_F(RepairTest, what_is_right_or_wrong_at_its_source_is_not_repaired) {
  EXPECT_TRUE(damaged().empty());
  EXPECT_FALSE(is_repairable({.path = "/m", .sha256 = store::sha256("x")}));
  EXPECT_FALSE(is_repairable({.path = "/m",
                              .sha256 = store::sha256("x"),
                              .expected = store::sha256("x"),
                              .broken = "no model"}));
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
}

}  // namespace
}  // namespace llf::hub
