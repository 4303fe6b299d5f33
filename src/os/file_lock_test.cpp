#include "os/file_lock.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <sys/stat.h>

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

TEST(FileLock, its_file_is_for_its_owner_or_for_everybody_whom_the_umask_leaves_in) {
  const TestFolder folder;
  const auto before = ::umask(002);
  const auto mode_of = [&](const std::string& name, LockUsers users) {
    EXPECT_TRUE(FileLock::acquire(folder / name, std::chrono::seconds(0), users));
    struct stat facts{};
    EXPECT_EQ(::stat((folder / name).c_str(), &facts), 0);
    return facts.st_mode & 0777U;
  };
  EXPECT_EQ(mode_of("own", LockUsers::owner), 0600U);
  EXPECT_EQ(mode_of("shared", LockUsers::everybody), 0664U);
  ::umask(before);
}

TEST(FileLock, goes_over_to_a_successor_without_being_free) {
  const TestFolder folder;
  const auto path = folder / "lock";
  std::optional<UniqueFd> left;
  {
    auto lock = FileLock::try_acquire(path);
    ASSERT_TRUE(lock && *lock);
    auto copy = (*lock)->copy();
    ASSERT_TRUE(copy);
    left = *std::move(copy);
  }
  EXPECT_FALSE(*FileLock::try_acquire(path)) << "held until the copy is closed";
  {
    const auto adopted = FileLock::adopt(path, *std::move(left));
    ASSERT_TRUE(adopted && *adopted);
    EXPECT_FALSE(*FileLock::try_acquire(path));
  }
  EXPECT_TRUE(*FileLock::try_acquire(path));
}

TEST(FileLock, of_another_file_is_not_adopted) {
  const TestFolder folder;
  const auto other = FileLock::try_acquire(folder / "other");
  ASSERT_TRUE(other && *other);
  const auto held = FileLock::try_acquire(folder / "lock");
  ASSERT_TRUE(held && *held);
  auto fd = (*other)->copy();
  ASSERT_TRUE(fd);
  EXPECT_FALSE(*FileLock::adopt(folder / "lock", *std::move(fd)));
}

}  // namespace
}  // namespace llf::os
