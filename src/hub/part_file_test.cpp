#include "hub/part_file.hpp"

#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace llf::hub {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PartFileTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path place() const { return folder_ / "blob"; }
  [[nodiscard]] PartFile open(std::uint64_t size = 10) const {
    auto part = PartFile::open(place(), {size, "tag"}, {.boot = "boot"});
    EXPECT_TRUE(part) << part.error().message;
    return *std::move(part);
  }

  os::TestFolder folder_;
};

TEST_F(PartFileTest, goes_on_where_it_was_and_takes_its_place_at_the_end) {
  {
    auto part = open();
    EXPECT_TRUE(part.write(5, std::string_view("56789")));
    EXPECT_TRUE(part.note({5, 10}));
  }
  EXPECT_FALSE(fs::exists(place()));
  auto part = open();
  EXPECT_EQ(part.written().total(), 5U);
  EXPECT_TRUE(part.write(0, std::string_view("01234")));
  EXPECT_TRUE(part.note({0, 5}));
  EXPECT_TRUE(part.finish());
  std::ifstream file(place());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "0123456789");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(PartFileTest, a_journal_without_its_file_counts_for_nothing) {
  EXPECT_TRUE(open().note({0, 10}));
  fs::resize_file(PartFile::part_of(place()), 4);
  EXPECT_EQ(open().written().total(), 0U);
}

TEST_F(PartFileTest, tells_how_much_is_there) {
  EXPECT_EQ(PartFile::look(place(), "boot"), 0U);
  {
    auto part = open();
    EXPECT_TRUE(part.note({0, 4}));
  }
  EXPECT_EQ(PartFile::look(place(), "boot"), 4U);
  EXPECT_EQ(PartFile::look(place(), "another"), 0U);
  fs::resize_file(PartFile::part_of(place()), 4);
  EXPECT_EQ(PartFile::look(place(), "boot"), 0U);
  EXPECT_TRUE(open().finish());
  EXPECT_EQ(PartFile::look(place(), "boot"), 10U);
}

TEST_F(PartFileTest, what_was_synced_survives_the_next_starts_of_the_machine) {
  {
    auto part = *PartFile::open(place(), {10, "tag"}, {.boot = "boot", .sync_step = 4});
    EXPECT_TRUE(part.note({0, 4}));
    EXPECT_TRUE(part.note({4, 6}));
  }
  EXPECT_EQ(open().written().total(), 6U);
  EXPECT_EQ(PartFile::look(place(), "another"), 4U);
}

TEST_F(PartFileTest, tells_whether_bytes_were_damaged) {
  auto part = open();
  EXPECT_TRUE(part.write(0, std::string_view("0123456789")));
  EXPECT_EQ(part.replace(2, std::string_view("23456")), std::nullopt);
  EXPECT_EQ(part.replace(2, std::string_view("2x4x6")), (Range{3, 6}));
  EXPECT_EQ(part.replace(2, std::string_view("2x4x6")), std::nullopt);
  EXPECT_EQ(part.replace(2, std::string_view("yx4x6")), (Range{2, 3}));
  EXPECT_EQ(part.replace(2, std::string_view("yx4xy")), (Range{6, 7}));
}

TEST_F(PartFileTest, what_has_no_room_is_told_before_it_begins) {
  const auto part = PartFile::open(place(), {std::uint64_t{1} << 50U, "tag"}, {.boot = "boot"});
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().kind, ErrorKind::io);
  EXPECT_THAT(part.error().message, HasSubstr("too full: 1.1 PB are needed"));
  PartFile::remove(place());
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(PartFileTest, copies_what_is_right_of_a_damaged_file) {
  std::ofstream(place()) << "01234xxx89";
  RangeSet right;
  right.add({0, 5});
  right.add({8, 10});
  {
    auto part = open();
    ASSERT_TRUE(part.copy_right(right, {}));
    EXPECT_EQ(part.written(), right);
    EXPECT_EQ(PartFile::look(place(), "another boot"), 7U) << "it is on the disk";
  }
  auto part = open();
  EXPECT_TRUE(part.write(5, std::string_view("567")));
  EXPECT_TRUE(part.note({5, 8}));
  std::ofstream(place()) << "9876543210";
  ASSERT_TRUE(part.copy_right(right, {})) << "what has come stays";
  EXPECT_TRUE(part.finish());
  std::ifstream file(place());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "0123456789");
}

TEST_F(PartFileTest, copies_nothing_of_a_file_of_another_size_nor_when_stopped) {
  RangeSet right;
  right.add({0, 5});
  auto part = open();
  EXPECT_FALSE(part.copy_right(right, {})) << "it is not there";
  std::ofstream(place()) << "0123";
  EXPECT_TRUE(part.copy_right(right, {}));
  std::ofstream(place()) << "0123456789";
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(part.copy_right(right, stop.get_token()).error().kind, ErrorKind::cancelled);
  EXPECT_EQ(part.written().total(), 0U);
}

TEST_F(PartFileTest, follows_no_link_in_its_place) {
  std::ofstream(folder_ / "victim") << "keep";
  fs::create_symlink(folder_ / "victim", PartFile::part_of(place()));
  EXPECT_FALSE(PartFile::open(place(), {10, "tag"}, {.boot = "boot"}));
}

}  // namespace
}  // namespace llf::hub
