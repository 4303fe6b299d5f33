#include "hub/disk_room.hpp"

#include "hub/part_file.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sys/statvfs.h>

namespace llf::hub {
namespace {

using testing::HasSubstr;

class DiskRoomTest : public testing::Test {
 protected:
  /// A file of a plan that needs so much of what the disk has free.
  [[nodiscard]] PlannedFile file(const std::string& name, double share) const {
    struct statvfs disk{};
    EXPECT_EQ(::statvfs(folder_.path().c_str(), &disk), 0);
    const auto free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
    return {.path = name,
            .size = ByteSize(static_cast<std::uint64_t>(free * share)),
            .sha256 = {},
            .place = folder_ / "made/later" / name};
  }

  os::TestFolder folder_;
};

TEST_F(DiskRoomTest, files_are_judged_together) {
  DownloadPlan plan{.model = "m", .files = {file("a", 0.4)}};
  EXPECT_TRUE(check_plan_room(plan));
  plan.files.push_back(file("b", 0.4));
  EXPECT_TRUE(check_plan_room(plan));
  plan.files.push_back(file("c", 0.4));
  const auto full = check_plan_room(plan);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::io);
  EXPECT_THAT(full.error().message, HasSubstr("too full"));
  EXPECT_THAT(full.error().message, HasSubstr("HF_HUB_CACHE"));
  plan.files.back().present = true;
  EXPECT_TRUE(check_plan_room(plan)) << "what is there needs no more room";
}

TEST_F(DiskRoomTest, what_a_part_has_taken_is_not_needed_again) {
  PlannedFile begun{.path = "a", .size = ByteSize::mib(4), .sha256 = {}, .place = folder_ / "a"};
  const DownloadPlan small{.model = "m", .files = {begun}};
  EXPECT_TRUE(check_plan_room(small));
  std::ofstream(PartFile::part_of(begun.place)) << std::string(8U << 20U, 'x');
  EXPECT_TRUE(check_plan_room(small));
}

TEST_F(DiskRoomTest, a_disk_that_is_too_full_is_told_with_what_to_do) {
  EXPECT_TRUE(check_download_room(folder_.path(), 0));
  const auto full = check_download_room(folder_.path(), std::uint64_t{1} << 60U);
  ASSERT_FALSE(full);
  EXPECT_THAT(full.error().message, HasSubstr("set HF_HUB_CACHE to a folder on another disk"));
  EXPECT_FALSE(check_download_room(folder_ / "absent", 0));
}

}  // namespace
}  // namespace llf::hub
