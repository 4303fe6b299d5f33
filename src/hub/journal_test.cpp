#include "hub/journal.hpp"

#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>

namespace llf::hub {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class JournalTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "journal"; }
  [[nodiscard]] Journal open(const std::string& boot = "boot-a",
                             const PartIdentity& identity = {1000, "tag"}) const {
    auto journal = Journal::open(path(), identity, boot);
    EXPECT_TRUE(journal);
    return *std::move(journal);
  }
  [[nodiscard]] std::string text() const {
    std::ifstream file(path());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }

  os::TestFolder folder_;
};

TEST_F(JournalTest, remembers_what_was_noted_when_we_are_killed) {
  {
    auto journal = open();
    EXPECT_TRUE(journal.note({0, 100}));
    EXPECT_TRUE(journal.note({500, 600}));
  }
  EXPECT_THAT(open().written().ranges(), ElementsAre(Range{0, 100}, Range{500, 600}));
}

TEST_F(JournalTest, after_a_power_cut_only_what_was_synced_counts) {
  {
    auto journal = open();
    EXPECT_TRUE(journal.note({0, 100}));
    EXPECT_TRUE(journal.synced());
    EXPECT_TRUE(journal.note({100, 200}));
  }
  EXPECT_THAT(open("boot-b").written().ranges(), ElementsAre(Range{0, 100}));
}

TEST_F(JournalTest, what_was_synced_counts_however_often_it_is_opened) {
  {
    auto journal = open();
    EXPECT_TRUE(journal.note({0, 100}));
    EXPECT_TRUE(journal.synced());
    EXPECT_TRUE(journal.note({100, 200}));
  }
  EXPECT_EQ(open().written().total(), 200U);
  EXPECT_EQ(open().written().total(), 200U);
  EXPECT_THAT(open("boot-b").written().ranges(), ElementsAre(Range{0, 100}));
  EXPECT_THAT(open("boot-c").written().ranges(), ElementsAre(Range{0, 100}));
}

TEST_F(JournalTest, a_start_of_the_machine_that_is_not_known_is_never_the_same) {
  EXPECT_TRUE(open("").note({0, 100}));
  EXPECT_THAT(open("").written().ranges(), IsEmpty());
}

TEST_F(JournalTest, is_looked_at_without_a_change) {
  EXPECT_EQ(Journal::look(path(), 1000, "boot-a"), 0U);
  {
    auto journal = open();
    EXPECT_TRUE(journal.note({0, 100}));
    EXPECT_TRUE(journal.synced());
    EXPECT_TRUE(journal.note({200, 300}));
  }
  const auto before = text();
  EXPECT_EQ(Journal::look(path(), 1000, "boot-a"), 200U);
  EXPECT_EQ(Journal::look(path(), 1000, "boot-b"), 100U);
  EXPECT_EQ(Journal::look(path(), 999, "boot-a"), 0U);
  EXPECT_EQ(text(), before);
  for (const auto* wrong : {"", "x\n", "llf-part 1 \n", "llf-part 1 x tag boot-a\n"}) {
    put(wrong);
    EXPECT_EQ(Journal::look(path(), 1000, "boot-a"), 0U) << wrong;
  }
}

// F26, F27
TEST_F(JournalTest, after_a_note_that_failed_nothing_is_noted) {
  auto journal = open();
  EXPECT_TRUE(journal.note({0, 100}));
  const auto good = text();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto previous = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{.rlim_cur = good.size() + 3, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto failed = journal.note({100, 200});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, previous);
  EXPECT_EQ(failed.error().kind, ErrorKind::io);
  EXPECT_FALSE(journal.note({200, 300}));
  EXPECT_FALSE(journal.synced());
  EXPECT_THAT(open().written().ranges(), ElementsAre(Range{0, 100}));
}

TEST_F(JournalTest, of_other_bytes_it_tells_nothing) {
  EXPECT_TRUE(open().note({0, 100}));
  EXPECT_THAT(open("boot-a", {1000, "other"}).written().ranges(), IsEmpty());
  EXPECT_TRUE(open().note({0, 100}));
  EXPECT_THAT(open("boot-a", {1001, "tag"}).written().ranges(), IsEmpty());
}

TEST_F(JournalTest, a_line_that_was_cut_or_is_nonsense_ends_it) {
  EXPECT_TRUE(open().note({0, 100}));
  const auto good = text();
  put(good + "200 3");
  EXPECT_THAT(open().written().ranges(), ElementsAre(Range{0, 100}));
  for (const auto* wrong : {"300 200\n", "200\n", "200 2000\n", "a b\n", "\n", "-1 5\n"}) {
    put(good + wrong + "400 500\n");
    EXPECT_THAT(open().written().ranges(), ElementsAre(Range{0, 100})) << wrong;
  }
  put(std::string(5000, '\0'));
  EXPECT_THAT(open().written().ranges(), IsEmpty());
}

TEST_F(JournalTest, begins_anew) {
  auto journal = open();
  EXPECT_TRUE(journal.note({0, 100}));
  EXPECT_TRUE(journal.reset());
  EXPECT_TRUE(journal.note({7, 9}));
  EXPECT_THAT(open().written().ranges(), ElementsAre(Range{7, 9}));
}

TEST_F(JournalTest, a_folder_that_is_gone_is_told) {
  EXPECT_EQ(Journal::open(folder_ / "absent/journal", {1, "t"}, "b").error().kind,
            ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::hub
