#include "store/disk_write.hpp"

#include "os/test_folder.hpp"
#include "os/unique_fd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <limits>
#include <string>

namespace llf::store {
namespace {

using testing::HasSubstr;

TEST(DiskWrite, writes_all_of_it) {
  const os::TestFolder folder;
  const auto path = folder / "a";
  const os::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  DiskWrite disk(fd.get(), path);
  EXPECT_TRUE(disk.write(std::string("one")));
  EXPECT_TRUE(disk.write(std::string("two")));
  EXPECT_EQ(disk.written(), 6U);
  EXPECT_TRUE(disk.finish());
  EXPECT_EQ(std::filesystem::file_size(path), 6U);
}

TEST(DiskWrite, a_full_disk_is_told) {
  const os::UniqueFd fd(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  DiskWrite disk(fd.get(), "/dev/full");
  EXPECT_THAT(disk.write(std::string("x")).error().message, HasSubstr("No space left on device"));
}

TEST(DiskWrite, room_is_looked_for_before) {
  const os::TestFolder folder;
  EXPECT_TRUE(check_room(folder.path(), 1));
  const auto full = check_room(folder.path(), std::numeric_limits<std::uint64_t>::max());
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::io);
  EXPECT_THAT(full.error().message, HasSubstr("too full"));
  EXPECT_FALSE(check_room(folder / "none", 1));
}

}  // namespace
}  // namespace llf::store
