#include "store/bundle_import.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"
#include "store/bundle_export.hpp"
#include "store/test_shelf.hpp"
#include "store/test_tar.hpp"

#include <gmock/gmock.h>

namespace llf::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string kImportCommit(40, 'f');
using TarFiles = std::vector<std::pair<std::string, std::string>>;

class BundleImportTest : public testing::Test {
 protected:
  BundleImportTest() {
    shelf_.put_cached("models--o--r", kImportCommit, "Q4_0/m.gguf", content_);
    shelf_.put_cached("models--o--r", kImportCommit, "mmproj-m.gguf", projector_);
    const BundleOrder order{.model = shelf_.models(Source::hugging_face).front(),
                            .texts = {{.name = "prompts/p.json", .content = "{}"}},
                            .to = bundle_};
    const auto made = export_bundle(order, {.hub_cache = shelf_.root(), .folder = {}},
                                    [](std::uint64_t) { return true; });
    EXPECT_TRUE(made) << made.error().message;
    if (made) manifest_ = *made;
  }

  [[nodiscard]] OwnFolders own() const {
    return {.hub_cache = home_ / "hub", .folder = home_ / "own"};
  }
  [[nodiscard]] Expected<ImportedBundle> run() const {
    return import_bundle(bundle_, own(), [](std::uint64_t) { return true; });
  }
  /// Refused, and nothing is left of it.
  void expect_refused(ErrorKind kind, std::string_view why) const {
    const auto refused = run();
    ASSERT_FALSE(refused) << why;
    EXPECT_EQ(refused.error().kind, kind) << why << ": " << refused.error().message;
    for (const auto& entry : fs::recursive_directory_iterator(home_.path())) {
      EXPECT_TRUE(entry.is_directory() || entry.path().extension() == ".lock")
          << why << ": " << entry.path();
    }
    EXPECT_FALSE(fs::exists(home_ / "hub/models--o--r")) << why;
  }
  void put(const std::string& bytes) const { std::ofstream(bundle_, std::ios::binary) << bytes; }
  /// The files of a bundle with this manifest.
  [[nodiscard]] TarFiles entries(const BundleManifest& manifest) const {
    return {{std::string(kManifestName), write_manifest(manifest)},
            {manifest.files[0].name, content_},
            {manifest.files[1].name, projector_},
            {manifest.files[2].name, "{}"}};
  }

  std::string content_ = gguf::small_model().bytes();
  std::string projector_ = content_ + "p";
  TestShelf shelf_;
  os::TestFolder home_;
  fs::path bundle_ = shelf_.root() / "m.llf";
  BundleManifest manifest_;
};

TEST_F(BundleImportTest, a_model_has_the_same_name_as_before) {
  const auto imported = run();
  ASSERT_TRUE(imported) << imported.error().message;
  const auto there =
      scan({.root = own().hub_cache, .source = Source::hugging_face}, [](const auto&) {});
  ASSERT_EQ(there.size(), 1U);
  EXPECT_EQ(there.front().id, shelf_.models(Source::hugging_face).front().id);
  EXPECT_FALSE(there.front().projector.empty());
  EXPECT_EQ(imported->files.front().to, there.front().path);
  EXPECT_EQ(imported->files.front().how, "unpacked");
  ASSERT_EQ(imported->texts.size(), 1U);
  EXPECT_EQ(imported->texts.front().name, "prompts/p.json");
  EXPECT_EQ(imported->texts.front().content, "{}");
  const auto again = run();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->files.front().how, "was there");
}

TEST_F(BundleImportTest, it_is_known_by_its_content) {
  EXPECT_EQ((*look_into_bundle(bundle_))->model, manifest_.model);
  EXPECT_FALSE(*look_into_bundle(shelf_.put("m.gguf", content_)));
  EXPECT_FALSE(*look_into_bundle(shelf_.put("short", "x")));
  EXPECT_FALSE(*look_into_bundle(shelf_.root()));
  EXPECT_EQ(look_into_bundle("/nowhere/x").error().kind, ErrorKind::not_found);
  write_tar(bundle_, {{"readme", "hello"}});
  EXPECT_THAT(look_into_bundle(bundle_).error().message, HasSubstr("no bundle of llf"));
  EXPECT_EQ(run().error().kind, ErrorKind::invalid);
}

TEST_F(BundleImportTest, any_byte_that_is_changed_is_found) {
  const auto bytes = bytes_of(bundle_);
  const auto at = bytes.find(content_);
  ASSERT_NE(at, std::string::npos);
  for (const auto place : {at, at + content_.size() - 1, bytes.find(projector_, at + 1024)}) {
    auto damaged = bytes;
    damaged[place] = static_cast<char>(damaged[place] ^ 1);
    put(damaged);
    expect_refused(ErrorKind::corrupt, std::to_string(place));
  }
}

TEST_F(BundleImportTest, a_cut_one_is_found) {
  const auto bytes = bytes_of(bundle_);
  for (std::size_t length = 1024; length < bytes.size() - 2048; length += 512) {
    put(bytes.substr(0, length));
    const auto refused = run();
    ASSERT_FALSE(refused) << length;
    EXPECT_EQ(refused.error().kind, ErrorKind::corrupt) << length;
    EXPECT_FALSE(fs::exists(home_ / "hub/models--o--r")) << length;
  }
}

TEST_F(BundleImportTest, SEC_31_names_lead_nowhere_else) {
  for (const std::string path : {"../../../../evil.gguf", "/tmp/evil.gguf"}) {
    auto manifest = manifest_;
    manifest.files[0].path = path;
    write_tar(bundle_, entries(manifest));
    expect_refused(ErrorKind::invalid, path);
    manifest = manifest_;
    manifest.files[0].name = path;
    write_tar(bundle_, entries(manifest));
    expect_refused(ErrorKind::invalid, path);
  }
}

TEST_F(BundleImportTest, entries_are_those_of_the_manifest) {
  auto files = entries(manifest_);
  files.emplace_back("model/more.gguf", "x");
  write_tar(bundle_, files);
  expect_refused(ErrorKind::corrupt, "one more");
  files.back() = files[1];
  write_tar(bundle_, files);
  expect_refused(ErrorKind::corrupt, "one twice");
  files = entries(manifest_);
  std::swap(files[1], files[2]);
  write_tar(bundle_, files);
  expect_refused(ErrorKind::corrupt, "another order");
  files = entries(manifest_);
  files[3].second = "{ }";
  write_tar(bundle_, files);
  expect_refused(ErrorKind::corrupt, "another length");
  files = entries(manifest_);
  files[3].second = "[]";
  write_tar(bundle_, files);
  expect_refused(ErrorKind::corrupt, "another text");
}

TEST_F(BundleImportTest, links_and_devices_are_refused) {
  const auto bytes = bytes_of(bundle_);
  const auto header =
      bytes.find("model/Q4_0/m.gguf", 1024 + write_manifest(manifest_).size() - 512);
  ASSERT_EQ(header % 512, 0U);
  for (const char type : {'1', '2', '3', '5', '6'}) {
    auto other = bytes;
    make_other(other, header, type);
    put(other);
    expect_refused(ErrorKind::corrupt, std::string(1, type));
  }
}

TEST_F(BundleImportTest, what_is_no_model_is_never_seen) {
  auto manifest = manifest_;
  auto files = entries(manifest);
  files[1].second = "GGUF and nothing more";
  manifest.files[0].size = files[1].second.size();
  manifest.files[0].sha256 = sha256(files[1].second);
  files[0].second = write_manifest(manifest);
  write_tar(bundle_, files);
  expect_refused(ErrorKind::corrupt, "no model");
}

TEST_F(BundleImportTest, sizes_past_what_the_file_holds_are_refused_at_once) {
  auto manifest = manifest_;
  manifest.files[0].size = std::uint64_t{1} << 50U;
  write_tar(bundle_, entries(manifest));
  expect_refused(ErrorKind::corrupt, "absurd");
}

TEST_F(BundleImportTest, a_manifest_past_the_limit_is_refused) {
  auto files = entries(manifest_);
  files[0].second.append(limits::kBundleManifest.bytes() + 1 - files[0].second.size(), ' ');
  write_tar(bundle_, files);
  expect_refused(ErrorKind::too_large, "manifest");
}

TEST_F(BundleImportTest, progress_may_stop_it) {
  const auto stopped = import_bundle(bundle_, own(), [](std::uint64_t) { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
  EXPECT_FALSE(fs::exists(home_ / "hub/models--o--r"));
}

}  // namespace
}  // namespace llf::store
