#include "store/bundle.hpp"

#include "base/limits.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::store {
namespace {

using testing::HasSubstr;

const std::string kCommitText(40, 'a');

BundleManifest example() {
  return {
      .model = "o/r:Q4_0",
      .repository = "o/r",
      .commit = kCommitText,
      .license = "mit",
      .files = {{.name = "model/Q4/m.gguf", .path = "Q4/m.gguf", .size = 5, .sha256 = sha256("a")},
                {.name = "model/mmproj-m.gguf",
                 .path = "mmproj-m.gguf",
                 .size = 6,
                 .sha256 = sha256("b")},
                {.name = "profiles.json", .path = {}, .size = 2, .sha256 = sha256("{}")}}};
}

/// What reading a manifest says that was changed in this way.
template <class Change>
Error refused(const Change& change) {
  auto manifest = example();
  change(manifest);
  const auto read = read_manifest(write_manifest(manifest));
  return read ? Error{.kind = ErrorKind::internal, .message = "it was taken"} : read.error();
}

TEST(BundleManifest, is_read_as_it_was_written) {
  const auto read = read_manifest(write_manifest(example()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->model, "o/r:Q4_0");
  EXPECT_EQ(read->repository, "o/r");
  EXPECT_EQ(read->commit, kCommitText);
  EXPECT_EQ(read->license, "mit");
  ASSERT_EQ(read->files.size(), 3U);
  EXPECT_EQ(read->files[0].path, "Q4/m.gguf");
  EXPECT_EQ(read->files[0].sha256, sha256("a"));
  EXPECT_TRUE(read->files[2].is_text());
  EXPECT_EQ(read->size(), 13U);
}

TEST(BundleManifest, is_as_long_whatever_the_digests_are) {
  auto other = example();
  other.files[0].sha256 = Digest(std::array<std::uint8_t, 32>{});
  EXPECT_EQ(write_manifest(other).size(), write_manifest(example()).size());
  EXPECT_NE(write_manifest(other), write_manifest(example()));
}

TEST(BundleManifest, SEC_31_paths_lead_nowhere_else) {
  for (const std::string path : {"../m.gguf", "/m.gguf", "a/../../m.gguf", "a//m.gguf", "./m.gguf",
                                 "a\\m.gguf", "C:m.gguf", "a\nm.gguf"}) {
    EXPECT_EQ(refused([&](auto& manifest) { manifest.files[0].path = path; }).kind,
              ErrorKind::invalid)
        << path;
    EXPECT_EQ(refused([&](auto& manifest) { manifest.files[0].name = path; }).kind,
              ErrorKind::invalid)
        << path;
    EXPECT_EQ(refused([&](auto& manifest) { manifest.files[2].name = path; }).kind,
              ErrorKind::invalid)
        << path;
  }
  for (const std::string path : {"...gguf", "..gguf", ".gguf", "a/...gguf"}) {
    EXPECT_EQ(refused([&](auto& manifest) { manifest.files[0].path = path; }).kind,
              ErrorKind::invalid)
        << path << " would name a folder of models";
  }
  EXPECT_EQ(refused([](auto& manifest) { manifest.repository = "o/.."; }).kind, ErrorKind::invalid);
  EXPECT_EQ(refused([](auto& manifest) { manifest.commit = "../main"; }).kind, ErrorKind::invalid);
  EXPECT_EQ(refused([](auto& manifest) { manifest.repository = ""; }).kind, ErrorKind::invalid);
}

TEST(BundleManifest, nothing_comes_twice_or_is_no_model) {
  EXPECT_THAT(
      refused([](auto& manifest) { manifest.files[1].name = manifest.files[0].name; }).message,
      HasSubstr("twice"));
  EXPECT_THAT(
      refused([](auto& manifest) { manifest.files[1].path = manifest.files[0].path; }).message,
      HasSubstr("twice"));
  EXPECT_THAT(
      refused([](auto& manifest) { manifest.files[1].sha256 = manifest.files[0].sha256; }).message,
      HasSubstr("twice"));
  EXPECT_THAT(refused([](auto& manifest) { manifest.files[1].name = kManifestName; }).message,
              HasSubstr("twice"));
  EXPECT_THAT(refused([](auto& manifest) { manifest.files[0].path = "run.sh"; }).message,
              HasSubstr("no model file"));
  EXPECT_THAT(refused([](auto& manifest) { manifest.files[0].path = "mmproj.gguf"; }).message,
              HasSubstr("has no model"));
  EXPECT_THAT(refused([](auto& manifest) { manifest.files.clear(); }).message,
              HasSubstr("has no model"));
  EXPECT_THAT(
      refused([](auto& manifest) { std::swap(manifest.files[0], manifest.files[2]); }).message,
      HasSubstr("has no model"));
}

TEST(BundleManifest, has_its_limits) {
  EXPECT_EQ(refused([](auto& manifest) {
              manifest.files[2].size = limits::kPromptFile.bytes() + 1;
            }).kind,
            ErrorKind::too_large);
  EXPECT_THAT(
      refused([](auto& manifest) { manifest.files[0].size = std::uint64_t{1} << 62U; }).message,
      HasSubstr("absurd"));
  const auto with = [](std::size_t count) {
    return refused([&](auto& manifest) {
      while (manifest.files.size() < count) {
        manifest.files.push_back({.name = fmt::format("t{}.json", manifest.files.size()),
                                  .path = {},
                                  .size = 1,
                                  .sha256 = sha256("")});
      }
    });
  };
  EXPECT_EQ(with(limits::kBundleEntries).message, "it was taken");
  EXPECT_EQ(with(limits::kBundleEntries + 1).kind, ErrorKind::too_large);
  EXPECT_EQ(read_manifest(std::string(limits::kBundleManifest.bytes() + 1, ' ')).error().kind,
            ErrorKind::too_large);
  EXPECT_EQ(read_manifest(std::string(limits::kBundleManifest.bytes(), ' ')).error().kind,
            ErrorKind::invalid);
}

TEST(BundleManifest, another_version_and_what_is_none_are_told) {
  EXPECT_THAT(read_manifest(R"({"llf_bundle":2})").error().message, HasSubstr("newer llf"));
  for (const auto* text : {"", "[]", "{}", R"({"llf_bundle":1})", R"({"llf_bundle":1,"model":"m"})",
                           R"({"llf_bundle":1,"model":"m","files":[1]})",
                           R"({"llf_bundle":1,"model":"m","files":[{"name":"a"}]})"}) {
    EXPECT_EQ(read_manifest(text).error().kind, ErrorKind::invalid) << text;
  }
}

}  // namespace
}  // namespace llf::store
