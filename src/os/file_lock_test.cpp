#include "os/file_lock.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace llf::os {
namespace {

TEST(FileLock, a_second_holder_is_refused_until_the_first_lets_go) {
  const TestFolder folder;
  const auto path = folder / "lock";
  {
    const auto first = FileLock::try_acquire(path);
    ASSERT_TRUE(first && first->has_value());
    const auto second = FileLock::try_acquire(path);
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->has_value());
  }
  const auto third = FileLock::try_acquire(path);
  ASSERT_TRUE(third);
  EXPECT_TRUE(third->has_value());
}

TEST(FileLock, a_file_that_exists_is_no_lock) {
  const TestFolder folder;
  static_cast<void>(FileLock::try_acquire(folder / "lock"));
  EXPECT_TRUE(std::filesystem::exists(folder / "lock"));
  EXPECT_TRUE(FileLock::acquire(folder / "lock", std::chrono::seconds(0)));
}

TEST(FileLock, acquire_gives_up_at_its_limit) {
  const TestFolder folder;
  const auto first = FileLock::try_acquire(folder / "lock");
  const auto second = FileLock::acquire(folder / "lock", std::chrono::seconds(0));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::timeout);
}

TEST(FileLock, a_symbolic_link_is_refused) {
  const TestFolder folder;
  std::filesystem::create_symlink(folder / "target", folder / "lock");
  EXPECT_FALSE(FileLock::try_acquire(folder / "lock"));
  EXPECT_FALSE(std::filesystem::exists(folder / "target"));
}

}  // namespace
}  // namespace llf::os
