#include "store/removal.hpp"

#include "base/limits.hpp"
#include "os/file_lock.hpp"
#include "store/test_shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace llf::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kOld(40, 'a');
const std::string kNew(40, 'b');
constexpr auto kFolder = "models--org--repo";

class RemovalTest : public testing::Test {
 protected:
  [[nodiscard]] std::vector<ModelFile> models() const {
    return shelf_.models(Source::hugging_face);
  }
  [[nodiscard]] OwnFolders own() const {
    return {.hub_cache = shelf_.root(), .folder = shelf_.root() / "own"};
  }
  Expected<Removal> plan(const char* id) const {
    for (const auto& model : models()) {
      if (model.id == ModelId(id)) return plan_removal(model, own());
    }
    return failure(ErrorKind::not_found, "no such model");
  }

  TestShelf shelf_;
};

TEST_F(RemovalTest, frees_only_what_nothing_else_refers_to) {
  shelf_.put_cached(kFolder, kOld, "m-Q4_0.gguf", "old four");
  shelf_.put_cached(kFolder, kNew, "m-Q4_0.gguf", "four");
  shelf_.put_cached(kFolder, kNew, "m-Q8_0.gguf", "eight");
  shelf_.put_cached(kFolder, kNew, "copy.gguf", "four");
  const auto removal = plan("org/repo:Q4_0");
  ASSERT_TRUE(removal) << removal.error().message;
  EXPECT_EQ(removal->names.size(), 2U) << "of both revisions";
  EXPECT_EQ(removal->contents.size(), 1U);
  EXPECT_EQ(removal->kept.size(), 1U) << "the copy still needs it";
  EXPECT_EQ(removal->freed, ByteSize(8));
  ASSERT_TRUE(remove_model(*removal, own()));
  EXPECT_THAT(TestShelf::names(models()), ElementsAre("org/repo:copy", "org/repo:Q8_0"));
}

TEST_F(RemovalTest, the_last_model_takes_projector_and_repository_along) {
  shelf_.put_cached(kFolder, kNew, "m-Q4_0.gguf", "four");
  shelf_.put_cached(kFolder, kNew, "m-Q8_0.gguf", "eight");
  shelf_.put_cached(kFolder, kNew, "mmproj-F16.gguf", "projector");
  shelf_.put(std::string(kFolder) + "/refs/main", kNew);
  ASSERT_TRUE(remove_model(*plan("org/repo:Q4_0"), own()));
  EXPECT_FALSE(models().front().projector.empty());
  ASSERT_TRUE(remove_model(*plan("org/repo:Q8_0"), own()));
  EXPECT_FALSE(fs::exists(shelf_.root() / kFolder));
}

TEST_F(RemovalTest, the_last_model_takes_all_projectors_along) {
  for (const auto* name : {"m-Q4_0", "mmproj-F16", "mmproj-BF16"}) {
    shelf_.put_cached(kFolder, kNew, std::string(name) + ".gguf", name);
    shelf_.put(std::string("own/sees/") + name + ".gguf");
  }
  ASSERT_TRUE(remove_model(*plan("org/repo:Q4_0"), own()));
  EXPECT_FALSE(fs::exists(shelf_.root() / kFolder));
  const auto folder = shelf_.root() / "own/sees";
  const auto removal = plan_removal({.id = ModelId("sees"),
                                     .path = folder / "m-Q4_0.gguf",
                                     .source = Source::folder,
                                     .projector = folder / "mmproj-F16.gguf"},
                                    own());
  ASSERT_TRUE(removal && remove_model(*removal, own()));
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(RemovalTest, a_projector_stays_while_a_model_of_another_commit_uses_it) {
  shelf_.put_cached(kFolder, kOld, "m-Q4_0.gguf", "four");
  shelf_.put_cached(kFolder, kOld, "mmproj-F16.gguf", "projector");
  shelf_.put_cached(kFolder, kNew, "m-Q8_0.gguf", "eight");
  shelf_.put_cached(kFolder, kNew, "mmproj-F16.gguf", "projector");
  const auto removal = plan("org/repo:Q4_0");
  ASSERT_TRUE(removal) << removal.error().message;
  EXPECT_EQ(removal->names.size(), 1U);
  EXPECT_EQ(removal->freed, ByteSize(4));
  ASSERT_TRUE(remove_model(*removal, own()));
  ASSERT_EQ(models().size(), 1U);
  EXPECT_TRUE(fs::exists(models().front().projector));
  ASSERT_TRUE(remove_model(*plan("org/repo:Q8_0"), own()));
  EXPECT_FALSE(fs::exists(shelf_.root() / kFolder));
}

TEST_F(RemovalTest, another_projector_of_the_same_name_stays_for_its_own_model) {
  shelf_.put_cached(kFolder, kOld, "m-Q4_0.gguf", "four");
  shelf_.put_cached(kFolder, kOld, "mmproj-F16.gguf", "first");
  shelf_.put_cached(kFolder, kNew, "m-Q8_0.gguf", "eight");
  shelf_.put_cached(kFolder, kNew, "mmproj-F16.gguf", "second");
  ASSERT_TRUE(remove_model(*plan("org/repo:Q4_0"), own()));
  EXPECT_TRUE(fs::exists(models().front().projector));
  ASSERT_TRUE(remove_model(*plan("org/repo:Q8_0"), own()));
  EXPECT_FALSE(fs::exists(shelf_.root() / kFolder));
}

TEST_F(RemovalTest, a_projector_goes_with_the_last_model_beside_it) {
  const auto folder = shelf_.root() / "own/sees";
  shelf_.put("own/sees/b.gguf.sha256", "what it was when it came");
  for (const auto* name : {"a", "b", "mmproj-F16"}) {
    shelf_.put(std::string("own/sees/") + name + ".gguf");
  }
  const auto remove = [&](const std::string& name) {
    const ModelFile model{.id = ModelId(name),
                          .path = folder / (name + ".gguf"),
                          .source = Source::folder,
                          .projector = folder / "mmproj-F16.gguf"};
    const auto removal = plan_removal(model, own());
    return removal && remove_model(*removal, own());
  };
  ASSERT_TRUE(remove("a"));
  EXPECT_TRUE(fs::exists(folder / "mmproj-F16.gguf"));
  ASSERT_TRUE(remove("b"));
  EXPECT_FALSE(fs::exists(folder)) << "a folder of nothing";
  EXPECT_TRUE(fs::exists(own().folder));
}

TEST_F(RemovalTest, of_more_names_than_can_be_looked_through_none_goes) {
  shelf_.put_cached(kFolder, kNew, "m-Q4_0.gguf", "four");
  constexpr std::size_t kNames = 400;
  for (std::size_t i = 0; i < kNames; ++i) {
    fs::create_directories(shelf_.root() / "many");
    fs::create_symlink("nowhere", shelf_.root() / "many" / std::to_string(i));
  }
  // Each revision is the same folder, so that the test takes no minute.
  const auto snapshots = shelf_.root() / kFolder / "snapshots";
  for (std::size_t i = 0; i <= limits::kModelFolderEntries / kNames; ++i) {
    fs::create_directory_symlink(shelf_.root() / "many", snapshots / std::to_string(i));
  }
  const auto removal = plan_removal({.id = ModelId("m"),
                                     .path = snapshots / kNew / "m-Q4_0.gguf",
                                     .source = Source::hugging_face},
                                    own());
  ASSERT_FALSE(removal);
  EXPECT_EQ(removal.error().kind, ErrorKind::too_large);
}

TEST_F(RemovalTest, a_content_that_got_another_name_meanwhile_stays) {
  shelf_.put_cached(kFolder, kNew, "m-Q4_0.gguf", "four");
  const auto removal = plan("org/repo:Q4_0");
  ASSERT_TRUE(removal);
  shelf_.put_cached(kFolder, kOld, "renamed-Q4_0.gguf", "four");
  ASSERT_TRUE(remove_model(*removal, own()));
  ASSERT_EQ(models().size(), 1U);
  EXPECT_EQ(models().front().size, ByteSize(4));
}

TEST_F(RemovalTest, what_others_left_there_stays) {
  shelf_.put_cached(kFolder, kNew, "m-Q4_0.gguf", "four");
  shelf_.put_cached(kFolder, kNew, "config.json", "{}");
  shelf_.put(std::string(kFolder) + "/blobs/" + std::string(64, 'c') + ".incomplete");
  ASSERT_TRUE(remove_model(*plan("org/repo:Q4_0"), own()));
  EXPECT_THAT(models(), IsEmpty());
  EXPECT_TRUE(fs::exists(shelf_.root() / kFolder / "snapshots" / kNew / "config.json"));
  EXPECT_TRUE(fs::exists(shelf_.root() / kFolder / "blobs"));
}

TEST_F(RemovalTest, a_link_out_of_the_cache_takes_only_itself) {
  const auto outside = shelf_.put("outside.gguf", "mine");
  const auto link = shelf_.root() / kFolder / "snapshots" / kNew / "m-Q4_0.gguf";
  fs::create_directories(link.parent_path());
  fs::create_directories(shelf_.root() / kFolder / "blobs");
  fs::create_symlink(outside, link);
  ASSERT_TRUE(remove_model(*plan("org/repo:Q4_0"), own()));
  EXPECT_TRUE(fs::exists(outside));
}

TEST_F(RemovalTest, what_is_being_downloaded_stays) {
  shelf_.put_cached(kFolder, kNew, "m-Q4_0.gguf", "four");
  const auto removal = plan("org/repo:Q4_0");
  const auto lock =
      shelf_.put(".locks/" + std::string(kFolder) + "/" + sha256("four").hex() + ".lock");
  const auto held = os::FileLock::try_acquire(lock);
  EXPECT_EQ(remove_model(*removal, own()).error().kind, ErrorKind::conflict);
  EXPECT_EQ(models().size(), 1U);
}

TEST_F(RemovalTest, what_is_not_ours_is_refused) {
  const auto path = shelf_.put("other/m.gguf").native();
  for (const auto source : {Source::built_in, Source::folder, Source::ollama, Source::lm_studio}) {
    const auto refused = plan_removal({.id = ModelId("m"), .path = path, .source = source}, own());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
    EXPECT_THAT(refused.error().message, HasSubstr("only reads"));
  }
  const auto own_file = shelf_.put("own/m.gguf", "12345").native();
  const auto removal =
      plan_removal({.id = ModelId("m"), .path = own_file, .source = Source::folder}, own());
  ASSERT_TRUE(removal);
  EXPECT_EQ(removal->freed, ByteSize(5));
  ASSERT_TRUE(remove_model(*removal, own()));
  EXPECT_FALSE(fs::exists(own_file));
}

}  // namespace
}  // namespace llf::store
