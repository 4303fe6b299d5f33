#include "worker/probe_cache.hpp"

#include "os/atomic_file.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

namespace llf::worker {
namespace {

const BinaryKey kKey{
    .path = "/e/llama-server", .size = 42, .changed_ns = 1'700'000'000'123'456'789};
const Abilities kAbilities{.version = "1.0", .flags = {"--model", "-m"}};

TEST(ProbeCache, gives_back_what_was_remembered) {
  const os::TestFolder folder;
  const auto dir = folder / "new/cache";
  EXPECT_FALSE(read_probe_cache(dir, kKey));
  write_probe_cache(dir, kKey, kAbilities);
  EXPECT_EQ(read_probe_cache(dir, kKey), kAbilities);
}

TEST(ProbeCache, is_about_exactly_one_binary) {
  const os::TestFolder folder;
  write_probe_cache(folder.path(), kKey, kAbilities);
  auto other = kKey;
  other.path = "/f/llama-server";
  EXPECT_EQ(read_probe_cache(folder.path(), other).error().kind, ErrorKind::not_found);
  other = kKey;
  other.size = 43;
  EXPECT_FALSE(read_probe_cache(folder.path(), other));
  other = kKey;
  --other.changed_ns;
  EXPECT_FALSE(read_probe_cache(folder.path(), other));
}

TEST(ProbeCache, a_folder_that_cannot_be_written_is_no_failure) {
  const os::TestFolder folder;
  ASSERT_TRUE(os::write_file_atomically(folder / "file", ""));
  write_probe_cache(folder / "file/cache", kKey, kAbilities);
  EXPECT_FALSE(read_probe_cache(folder / "file/cache", kKey));
}

TEST(BinaryKey, tells_of_the_file_as_it_is) {
  const os::TestFolder folder;
  ASSERT_TRUE(os::write_file_atomically(folder / "engine", "12345"));
  const auto key = binary_key(folder / "engine");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->size, 5);
  EXPECT_GT(key->changed_ns, 0);
  EXPECT_FALSE(binary_key(folder / "none"));
}

}  // namespace
}  // namespace llf::worker
