#include "store/leftovers.hpp"

#include "os/file_lock.hpp"
#include "store/digest.hpp"
#include "store/test_shelf.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

namespace llf::store {
namespace {

namespace fs = std::filesystem;
using LeftoverKind = Leftover::Kind;

class LeftoversTest : public testing::Test {
 protected:
  LeftoversTest() { shelf_.put_cached("hub/models--o--r", kCommit, "a/m.gguf", "named"); }

  fs::path blob(const std::string& name, const std::string& content = "x") const {
    return shelf_.put("hub/models--o--r/blobs/" + name, content);
  }
  [[nodiscard]] std::map<std::string, LeftoverKind> found() const {
    std::map<std::string, LeftoverKind> kinds;
    for (const auto& one : find_leftovers(places_).value()) {
      kinds[one.path.filename().native()] = one.kind;
    }
    return kinds;
  }

  const std::string kCommit = std::string(40, 'a');
  const std::string kOther = sha256("other").hex();
  TestShelf shelf_;
  LeftoverPlaces places_{
      .own = {.hub_cache = shelf_.root() / "hub", .folder = shelf_.root() / "own"},
      .marks = shelf_.root() / "marks",
      .wanted = {}};
};

TEST_F(LeftoversTest, what_is_named_is_none) {
  shelf_.put("marks/" + sha256("named").hex());
  shelf_.put("own/m.gguf");
  shelf_.put("hub/other/blobs/x");
  blob(kOther + ".incomplete");
  EXPECT_TRUE(found().empty());
}

TEST_F(LeftoversTest, a_bundle_of_an_export_that_was_killed_is) {
  const auto bundle = shelf_.put("usb/.m.llf.llf-export", "half");
  const auto own = shelf_.root() / "own";
  fs::create_directories(own);
  fs::create_symlink(bundle, own / "note.llf-export");
  fs::create_symlink(shelf_.put("usb/mine"), own / "other.llf-export");
  {
    const auto written = os::FileLock::try_acquire(bundle);
    EXPECT_TRUE(found().empty());
  }
  EXPECT_EQ(found().count(".m.llf.llf-export"), 1U);
  ASSERT_TRUE(remove_leftovers(places_));
  EXPECT_FALSE(fs::exists(bundle));
  EXPECT_FALSE(fs::is_symlink(own / "note.llf-export"));
  EXPECT_TRUE(fs::exists(shelf_.root() / "usb/mine"));
}

TEST_F(LeftoversTest, contents_without_a_name_and_unfinished_files_are) {
  blob(kOther);
  blob(sha256("third").hex() + ".llf-part");
  shelf_.put("own/m.gguf.llf-part");
  shelf_.put("own/m.gguf.llf-import-12");
  shelf_.put("marks/" + sha256("gone").hex());
  shelf_.put("marks/" + kOther);
  EXPECT_EQ(found(), (std::map<std::string, LeftoverKind>{
                         {kOther, LeftoverKind::unnamed},
                         {sha256("third").hex() + ".llf-part", LeftoverKind::unfinished},
                         {"m.gguf.llf-part", LeftoverKind::unfinished},
                         {"m.gguf.llf-import-12", LeftoverKind::unfinished},
                         {sha256("gone").hex(), LeftoverKind::marks},
                     }));
  EXPECT_EQ(remove_leftovers(places_)->size(), 5U);
  EXPECT_EQ(found(), (std::map<std::string, LeftoverKind>{{kOther, LeftoverKind::marks}}))
      << "of the content that has gone";
  EXPECT_EQ(remove_leftovers(places_)->size(), 1U);
  EXPECT_TRUE(found().empty());
  EXPECT_EQ(shelf_.models(Source::folder).size(), 0U);
  EXPECT_TRUE(fs::exists(shelf_.root() / "hub/models--o--r/blobs" / sha256("named").hex()));
}

TEST_F(LeftoversTest, what_a_known_download_or_a_program_fetches_stays) {
  const auto place = blob(kOther);
  blob(kOther + ".llf-part");
  const auto lock_path =
      shelf_.put("hub/.locks/models--o--r/" + place.filename().native() + ".lock", "");
  {
    const auto lock = os::FileLock::try_acquire(lock_path);
    ASSERT_TRUE(lock && *lock);
    EXPECT_TRUE(found().empty());
  }
  EXPECT_EQ(found().size(), 2U);
  places_.wanted.insert(place);
  EXPECT_TRUE(found().empty());
}

TEST_F(LeftoversTest, revisions_behind_links_count) {
  const auto repository = shelf_.root() / "hub/models--o--r";
  fs::rename(repository / "snapshots" / kCommit, shelf_.root() / "elsewhere");
  fs::create_directory_symlink(shelf_.root() / "elsewhere", repository / "snapshots" / kCommit);
  EXPECT_TRUE(found().empty());
  fs::rename(repository / "snapshots", shelf_.root() / "snapshots");
  fs::create_directory_symlink("/nowhere", repository / "snapshots");
  EXPECT_TRUE(found().empty()) << "a disk that is not there names what it names";
}

TEST_F(LeftoversTest, what_is_no_content_stays) {
  blob("README");
  fs::create_directories(shelf_.root() / "hub/models--o--r/blobs" / kOther / "x");
  EXPECT_TRUE(remove_leftovers(places_)->empty());
}

TEST_F(LeftoversTest, while_the_cache_is_not_there_nobody_knows_which_notes_serve_nothing) {
  shelf_.put("marks/" + sha256("named").hex());
  shelf_.put("marks/" + sha256("gone").hex());
  fs::rename(shelf_.root() / "hub", shelf_.root() / "unmounted");
  EXPECT_TRUE(remove_leftovers(places_)->empty());
  fs::create_directories(shelf_.root() / "hub");
  EXPECT_TRUE(remove_leftovers(places_)->empty()) << "the place of a disk";
  fs::remove(shelf_.root() / "hub");
  fs::rename(shelf_.root() / "unmounted", shelf_.root() / "hub");
  EXPECT_EQ(remove_leftovers(places_)->size(), 1U);
  EXPECT_TRUE(fs::exists(shelf_.root() / "marks" / sha256("named").hex()));
}

TEST_F(LeftoversTest, while_a_shelf_is_away_nobody_knows_which_notes_serve_nothing) {
  shelf_.put("marks/" + sha256("gone").hex());
  const auto root = shelf_.root() / "more";
  places_.shelves = {{.root = places_.own.folder}, {.root = root}};
  EXPECT_TRUE(find_leftovers(places_)->empty()) << "a folder that settings name";
  places_.shelves.back().source = Source::ollama;
  EXPECT_EQ(find_leftovers(places_)->size(), 1U) << "a program that is not installed";
  fs::create_directory_symlink(shelf_.root() / "unmounted", root);
  EXPECT_TRUE(find_leftovers(places_)->empty());
  fs::create_directories(shelf_.root() / "unmounted");
  EXPECT_TRUE(find_leftovers(places_)->empty()) << "the place of a disk";
  shelf_.put("unmounted/manifests/x");
  EXPECT_EQ(find_leftovers(places_)->size(), 1U);
}

TEST_F(LeftoversTest, notes_on_repositories_without_a_model_are) {
  places_.notes = {shelf_.root() / "bases"};
  for (const auto* repository : {"o--r", "o--fetched", "o--gone"}) {
    shelf_.put(std::string("bases/models--") + repository + ".json");
  }
  places_.models.push_back({.path = shelf_.root() / "m.gguf", .repository = "o/r"});
  places_.wanted.insert(shelf_.root() / "hub/models--o--fetched/blobs" / kOther);
  const auto gone =
      std::map<std::string, LeftoverKind>{{"models--o--gone.json", LeftoverKind::notes}};
  EXPECT_EQ(found(), gone);
  EXPECT_EQ(to_string(LeftoverKind::notes), "notes");
}

TEST_F(LeftoversTest, what_a_killed_import_left_in_a_folder_of_its_own_is) {
  shelf_.put("own/sees/mmproj.gguf.llf-import-12");
  shelf_.put("own/sees/mmproj.gguf");
  EXPECT_EQ(found(), (std::map<std::string, LeftoverKind>{
                         {"mmproj.gguf.llf-import-12", LeftoverKind::unfinished}}));
}

TEST_F(LeftoversTest, marks_of_other_stores_stay) {
  const auto hex = sha256("x").hex();
  const auto file = shelf_.put("ollama/blobs/sha256-" + hex, "x");
  shelf_.put("marks/" + hex);
  EXPECT_EQ(found().size(), 1U);
  places_.models.push_back({.path = file.native()});
  EXPECT_TRUE(found().empty());
}

TEST_F(LeftoversTest, of_folders_that_are_not_there_nothing_is_left) {
  EXPECT_TRUE(find_leftovers({.own = {.hub_cache = "/nowhere", .folder = "/nowhere"},
                              .marks = "/nowhere",
                              .wanted = {}})
                  ->empty());
}

}  // namespace
}  // namespace llf::store
