#include "store/bundle_export.hpp"

#include "gguf/test_file.hpp"
#include "os/file_lock.hpp"
#include "store/bundle_import.hpp"
#include "store/test_shelf.hpp"
#include "store/test_tar.hpp"

#include <gmock/gmock.h>

namespace llf::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string kExportCommit(40, 'e');

class BundleExportTest : public testing::Test {
 protected:
  BundleExportTest() { shelf_.put_cached("models--o--r", kExportCommit, "m.gguf", content_); }

  [[nodiscard]] BundleOrder order() const {
    return {.model = shelf_.models(Source::hugging_face).front(),
            .texts = {{.name = "profiles.json", .content = "{}"}},
            .to = out_};
  }
  [[nodiscard]] Expected<BundleManifest> run(const BundleOrder& order) const {
    return export_bundle(order, own(), [](std::uint64_t) { return true; });
  }
  [[nodiscard]] OwnFolders own() const {
    return {.hub_cache = shelf_.root(), .folder = shelf_.root() / "own"};
  }
  /// Whether nothing is there but what the tests put there.
  [[nodiscard]] bool is_clean() const {
    return std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()) == 0;
  }

  TestShelf shelf_;
  os::TestFolder folder_;
  fs::path out_ = folder_ / "m.llf";
  std::string content_ = gguf::small_model().bytes();
};

TEST_F(BundleExportTest, the_manifest_comes_first_and_has_what_was_read) {
  const auto manifest = run(order());
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->files[0].sha256, sha256(content_));
  const auto bytes = bytes_of(out_);
  EXPECT_THAT(bytes.substr(0, 13), "manifest.json");
  EXPECT_THAT(bytes.substr(512, 2000), HasSubstr(sha256(content_).hex()));
  const auto read = look_into_bundle(out_);
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->commit, kExportCommit);
  EXPECT_EQ((*read)->files.size(), 2U);
}

TEST_F(BundleExportTest, a_file_without_a_known_digest_gets_one) {
  auto other = order();
  other.model = {.id = ModelId("x"), .path = shelf_.put("x/x.gguf", content_).native()};
  ASSERT_TRUE(run(other));
  EXPECT_EQ((*look_into_bundle(out_))->files[0].sha256, sha256(content_));
}

TEST_F(BundleExportTest, progress_is_told_and_may_stop_it) {
  std::vector<std::uint64_t> told;
  const auto progress = [&](std::uint64_t done) {
    told.push_back(done);
    return told.size() < 2;
  };
  ASSERT_TRUE(export_bundle(order(), own(), progress));
  EXPECT_EQ(told, std::vector<std::uint64_t>{content_.size()});
  fs::remove(out_);
  const auto stopped = export_bundle(order(), own(), progress);
  EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(is_clean());
}

TEST_F(BundleExportTest, what_is_there_is_replaced_only_when_told) {
  std::ofstream(out_) << "mine";
  EXPECT_EQ(run(order()).error().kind, ErrorKind::conflict);
  EXPECT_EQ(bytes_of(out_), "mine");
  auto replacing = order();
  replacing.existing = BundleOrder::Existing::replace;
  EXPECT_TRUE(run(replacing));
  EXPECT_NE(bytes_of(out_), "mine");
  replacing.to = folder_.path();
  EXPECT_EQ(run(replacing).error().kind, ErrorKind::invalid);
  replacing.to = "/dev/null";
  EXPECT_EQ(run(replacing).error().kind, ErrorKind::invalid);
}

TEST_F(BundleExportTest, what_a_killed_one_left_is_used_and_another_one_is_not_disturbed) {
  const auto part = folder_ / ".m.llf.llf-export";
  std::ofstream(part) << std::string(100'000, 'x');
  {
    const auto lock = os::FileLock::try_acquire(part);
    ASSERT_TRUE(lock && *lock);
    EXPECT_EQ(run(order()).error().kind, ErrorKind::conflict);
    EXPECT_TRUE(fs::exists(part));
  }
  EXPECT_TRUE(run(order()));
  EXPECT_FALSE(fs::exists(part));
  EXPECT_LT(fs::file_size(out_), 100'000U);
}

TEST_F(BundleExportTest, a_damaged_model_is_not_exported) {
  auto damaged = content_;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  shelf_.put("models--o--r/blobs/" + sha256(content_).hex(), damaged);
  const auto refused = run(order());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::corrupt);
  EXPECT_TRUE(is_clean());
}

TEST_F(BundleExportTest, a_folder_that_is_not_there_is_told) {
  auto nowhere = order();
  nowhere.to = folder_ / "none/m.llf";
  EXPECT_EQ(run(nowhere).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::store
