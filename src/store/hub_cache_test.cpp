#include "store/hub_cache.hpp"

#include "store/test_shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace llf::store {
namespace {

namespace fs = std::filesystem;
using testing::UnorderedElementsAre;

CachedFile cached(std::string path) {
  return {.repository = *RepositoryName::parse("org/repo"),
          .commit = std::string(40, 'a'),
          .path = std::move(path),
          .sha256 = sha256("content")};
}

TEST(HubCache, what_it_shows_is_found_by_a_scan) {
  const TestShelf shelf;
  const HubCache cache(shelf.root());
  for (const auto* path : {"m-Q4_0.gguf", "Q8_0/m.gguf"}) {
    const auto file = cached(path);
    ASSERT_TRUE(cache.prepare(file));
    shelf.put(cache.blob(file).lexically_relative(shelf.root()), "content");
    ASSERT_TRUE(cache.show(file));
    ASSERT_TRUE(cache.show(file)) << "the same again";
    EXPECT_EQ(fs::file_size(cache.snapshot(file)), 7U);
    EXPECT_TRUE(fs::read_symlink(cache.snapshot(file)).is_relative());
  }
  ASSERT_TRUE(cache.set_ref(cached("x").repository, "main", std::string(40, 'a')));
  EXPECT_EQ(read_ref(shelf.root() / "models--org--repo", "main"), std::string(40, 'a'));
  EXPECT_THAT(TestShelf::names(shelf.models(Source::hugging_face)),
              UnorderedElementsAre("org/repo:Q4_0", "org/repo:Q8_0"));
}

TEST(HubCache, replaces_what_stands_in_the_place) {
  const TestShelf shelf;
  const HubCache cache(shelf.root());
  const auto file = cached("m.gguf");
  shelf.put(cache.snapshot(file).lexically_relative(shelf.root()), "an old copy");
  ASSERT_TRUE(cache.prepare(file));
  ASSERT_TRUE(cache.show(file));
  EXPECT_TRUE(fs::is_symlink(cache.snapshot(file)));
  EXPECT_EQ(std::distance(fs::directory_iterator(cache.snapshot(file).parent_path()), {}), 1);
}

TEST(HubCache, what_killed_processes_left_goes) {
  const TestShelf shelf;
  const HubCache cache(shelf.root());
  const auto file = cached("m.gguf");
  // No process has this number.
  shelf.put("models--org--repo/blobs/.x.llf-journal.4194305.1.tmp");
  shelf.put("models--org--repo/refs/.main.4194305.1.tmp");
  ASSERT_TRUE(cache.prepare(file));
  ASSERT_TRUE(cache.set_ref(file.repository, "main", file.commit));
  EXPECT_TRUE(fs::is_empty(cache.blob(file).parent_path()));
  EXPECT_EQ(std::distance(fs::directory_iterator(shelf.root() / "models--org--repo/refs"), {}), 1);
}

TEST(HubCache, says_what_it_may_not_write) {
  const TestShelf shelf;
  const HubCache cache(shelf.put("a-file") / "cache");
  EXPECT_FALSE(cache.prepare(cached("m.gguf")));
  EXPECT_FALSE(cache.show(cached("m.gguf")));
}

}  // namespace
}  // namespace llf::store
