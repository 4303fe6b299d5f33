#include "store/bundle_target.hpp"

#include "gguf/test_file.hpp"
#include "store/test_shelf.hpp"
#include "store/verification.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

const std::string kTargetCommit(40, 'd');

class BundleTargetTest : public testing::Test {
 protected:
  /// A manifest of files with these contents.
  [[nodiscard]] static BundleManifest manifest(
      const std::vector<std::pair<std::string, std::string>>& files) {
    BundleManifest made{.model = "m", .repository = {}, .commit = {}, .files = {}};
    for (const auto& [path, content] : files) {
      made.files.push_back({.name = "model/" + path,
                            .path = path,
                            .size = content.size(),
                            .sha256 = sha256(content)});
    }
    return made;
  }
  [[nodiscard]] static BundleManifest of_repository(BundleManifest manifest) {
    manifest.repository = "o/r";
    manifest.commit = kTargetCommit;
    return manifest;
  }

  [[nodiscard]] OwnFolders own() const {
    return {.hub_cache = shelf_.root() / "hub", .folder = shelf_.root() / "own"};
  }
  [[nodiscard]] Expected<BundleTarget> prepare(const BundleManifest& manifest) const {
    return BundleTarget::prepare(manifest, own(), [](std::uint64_t) { return true; });
  }
  /// Writes the contents as an import does.
  static void fill(const BundleTarget& target, const std::vector<std::string>& contents) {
    for (std::size_t i = 0; i < contents.size(); ++i) {
      std::ofstream(target.places()[i].part, std::ios::binary) << contents[i];
    }
  }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(shelf_.root())) {
      if (!entry.is_directory() && entry.path().extension() != ".lock") {
        found.push_back(entry.path().lexically_relative(shelf_.root()).native());
      }
    }
    std::ranges::sort(found);
    return found;
  }

  TestShelf shelf_;
  std::string hub_ = "hub/models--o--r/";
};

TEST_F(BundleTargetTest, a_model_of_a_repository_goes_into_the_cache) {
  const auto wanted = of_repository(manifest({{"Q4/m.gguf", "one"}, {"mmproj.gguf", "two"}}));
  {
    auto target = prepare(wanted);
    ASSERT_TRUE(target) << target.error().message;
    fill(*target, {"one", "two"});
    ASSERT_TRUE(target->publish());
  }
  EXPECT_TRUE(fs::exists(shelf_.root() / (hub_ + "blobs/" + sha256("one").hex())));
  EXPECT_EQ(fs::file_size(shelf_.root() / (hub_ + "snapshots/" + kTargetCommit + "/Q4/m.gguf")),
            3U);
  EXPECT_TRUE(fs::exists(shelf_.root() / (hub_ + "refs/main")));
  EXPECT_EQ(files().size(), 5U);
  const auto again = prepare(wanted);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->places().front().has_content);
  EXPECT_TRUE(again->places().front().is_shown);
}

TEST_F(BundleTargetTest, a_branch_that_is_known_stays_where_it_is) {
  shelf_.put(hub_ + "refs/main", std::string(40, 'b'));
  auto target = prepare(of_repository(manifest({{"m.gguf", "one"}})));
  ASSERT_TRUE(target);
  fill(*target, {"one"});
  ASSERT_TRUE(target->publish());
  EXPECT_EQ(read_ref(shelf_.root() / hub_, "main"), std::string(40, 'b'));
}

TEST_F(BundleTargetTest, what_is_not_published_leaves_nothing) {
  for (const bool cached : {true, false}) {
    auto wanted = manifest({{"m.gguf", "one"}, {"mmproj.gguf", "two"}});
    if (cached) wanted = of_repository(std::move(wanted));
    {
      auto target = prepare(wanted);
      ASSERT_TRUE(target) << target.error().message;
      fill(*target, {"one"});
      EXPECT_EQ(files().size(), 1U);
    }
    EXPECT_TRUE(files().empty());
    EXPECT_FALSE(fs::exists(shelf_.root() / hub_));
    EXPECT_FALSE(fs::exists(shelf_.root() / "own/m"));
  }
}

TEST_F(BundleTargetTest, all_or_nothing_is_shown) {
  for (const bool cached : {true, false}) {
    auto wanted = manifest({{"m.gguf", "one"}, {"mmproj.gguf", "two"}});
    if (cached) wanted = of_repository(std::move(wanted));
    auto target = prepare(wanted);
    ASSERT_TRUE(target);
    fill(*target, {"one", "two"});
    fs::remove(target->places().front().part);  // named last
    EXPECT_FALSE(target->publish());
    EXPECT_TRUE(files().empty()) << files().front();
  }
}

TEST_F(BundleTargetTest, two_at_once_do_not_meet) {
  const auto wanted = of_repository(manifest({{"m.gguf", "one"}}));
  const auto first = prepare(wanted);
  ASSERT_TRUE(first);
  const auto second = prepare(wanted);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
  EXPECT_TRUE(fs::exists(first->places().front().part.parent_path()));
}

TEST_F(BundleTargetTest, without_a_commit_it_goes_into_the_folder_of_this_home) {
  const auto place_of = [&](const BundleManifest& wanted) {
    const auto target = prepare(wanted);
    return target ? target->places().front().content.lexically_relative(shelf_.root()).native()
                  : target.error().message;
  };
  EXPECT_EQ(place_of(manifest({{"sub/m.gguf", "one"}})), "own/m.gguf");
  EXPECT_EQ(place_of(manifest({{"m--x.gguf", "one"}, {"mmproj.gguf", "two"}})),
            "own/m-x/m--x.gguf");
  auto known = manifest({{"m.gguf", "one"}});
  known.repository = "o/r";
  EXPECT_EQ(place_of(known), "own/o/r/m.gguf");
  known.commit = kTargetCommit;
  const auto homeless = BundleTarget::prepare(known, {.hub_cache = {}, .folder = own().folder},
                                              [](std::uint64_t) { return true; });
  ASSERT_TRUE(homeless);
  EXPECT_FALSE(homeless->places().front().cached);
  EXPECT_EQ(prepare(manifest({{"a/m.gguf", "one"}, {"b/m.gguf", "two"}})).error().kind,
            ErrorKind::corrupt);
}

TEST_F(BundleTargetTest, a_file_whose_name_does_not_tell_its_checksum_keeps_it_beside) {
  const auto wanted = manifest({{"m.gguf", "one"}});
  auto target = prepare(wanted);
  ASSERT_TRUE(target);
  fill(*target, {"one"});
  ASSERT_TRUE(target->publish());
  EXPECT_EQ(expected_digest(own().folder / "m.gguf"), sha256("one"));
  fs::remove(own().folder / "m.gguf.sha256");
  auto again = prepare(wanted);  // of an llf that kept none
  ASSERT_TRUE(again && again->publish());
  EXPECT_EQ(expected_digest(own().folder / "m.gguf"), sha256("one"));
}

TEST_F(BundleTargetTest, nothing_is_replaced) {
  shelf_.put("own/m.gguf", "two");
  EXPECT_EQ(prepare(manifest({{"m.gguf", "one"}})).error().kind, ErrorKind::conflict);
  EXPECT_EQ(prepare(manifest({{"m.gguf", "longer"}})).error().kind, ErrorKind::conflict);
  const auto same = prepare(manifest({{"m.gguf", "two"}}));
  ASSERT_TRUE(same);
  EXPECT_TRUE(same->places().front().has_content);

  const auto name = hub_ + "snapshots/" + kTargetCommit + "/m.gguf";
  shelf_.put(name, "two");
  EXPECT_EQ(prepare(of_repository(manifest({{"m.gguf", "one"}}))).error().kind,
            ErrorKind::conflict);
  shelf_.put(hub_ + "blobs/" + sha256("longer").hex(), "cut");
  EXPECT_EQ(prepare(of_repository(manifest({{"x.gguf", "longer"}}))).error().kind,
            ErrorKind::conflict);
}

TEST_F(BundleTargetTest, a_name_that_is_taken_meanwhile_is_not_replaced) {
  auto target = prepare(manifest({{"m.gguf", "one"}}));
  ASSERT_TRUE(target);
  fill(*target, {"one"});
  shelf_.put("own/m.gguf", "two");
  EXPECT_EQ(target->publish().error().kind, ErrorKind::conflict);
  EXPECT_TRUE(fs::exists(shelf_.root() / "own/m.gguf"));
}

TEST_F(BundleTargetTest, what_a_killed_import_left_is_removed) {
  auto wanted = of_repository(manifest({{"m.gguf", "one"}}));
  shelf_.put(hub_ + "blobs/" + sha256("one").hex() + ".llf-import", "half");
  ASSERT_TRUE(prepare(wanted));
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace llf::store
