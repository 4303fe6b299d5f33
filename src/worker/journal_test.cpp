#include "worker/journal.hpp"

#include "base/limits.hpp"
#include "os/atomic_file.hpp"
#include "os/child_process.hpp"
#include "os/test_folder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <poll.h>
#include <string>
#include <sys/types.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

/// The number that a child prints.
pid_t first_number(os::UniqueFd out) {
  constexpr int kSafetyMs = 60'000;
  std::string text;
  while (!text.ends_with('\n')) {
    pollfd wait{.fd = out.get(), .events = POLLIN, .revents = 0};
    std::array<char, 32> block{};
    if (::poll(&wait, 1, kSafetyMs) != 1) return -1;
    const auto got = ::read(out.get(), block.data(), block.size());
    if (got <= 0) return -1;
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  pid_t pid = -1;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  return pid;
}

struct Orphans : testing::Test {
  os::TestFolder folder;
  fs::path file = folder / "workers.json";

  static Expected<os::ChildProcess> sleeper() {
    return os::spawn({.argv = {"/bin/sleep", "1000"}, .env = {}, .cwd = "/"});
  }

  static bool runs(os::ChildProcess& child) {
    const auto status = child.try_reap();
    return status && !status->has_value();
  }
};

TEST_F(Orphans, a_later_daemon_ends_what_an_earlier_one_left) {
  auto child = sleeper();
  ASSERT_TRUE(child);
  Journal(file).add(*os::identify(child->pid()));
  EXPECT_EQ(Journal(file).reap_orphans().processes, 1U);
  EXPECT_FALSE(runs(*child));
  EXPECT_EQ(Journal(file).reap_orphans().processes, 0U) << "the file is empty now";
}

TEST_F(Orphans, what_ended_in_order_is_not_looked_for) {
  auto child = sleeper();
  ASSERT_TRUE(child);
  Journal journal(file);
  journal.add(*os::identify(child->pid()));
  journal.remove(child->pid());
  EXPECT_EQ(Journal(file).reap_orphans().processes, 0U);
  EXPECT_TRUE(runs(*child));
}

// F19: neither it nor its group, which works elsewhere.
TEST_F(Orphans, a_process_that_got_the_pid_since_is_left_alone) {
  auto child = sleeper();
  ASSERT_TRUE(child);
  auto entry = *os::identify(child->pid());
  entry.start_time -= 1;
  Journal(file).add(entry);
  EXPECT_EQ(Journal(file).reap_orphans().processes, 0U);
  EXPECT_TRUE(runs(*child));
}

// An engine behind a wrapper script: the script dies with its daemon, the engine does not.
TEST_F(Orphans, what_an_engine_left_in_its_group_is_ended) {
  constexpr auto* kScript = "sleep 1000 & echo $!; exec sleep 1000";
  auto wrapper = os::spawn({.argv = {"/bin/sh", "-c", kScript}, .env = {}, .cwd = folder.path()});
  ASSERT_TRUE(wrapper);
  const auto child = *os::identify(first_number(wrapper->take_out()));
  const auto leader = *os::identify(wrapper->pid());
  Journal(file).add(leader);
  ASSERT_EQ(os::end_identified(leader, limits::kOrphanLimit), os::SignalResult::sent);
  EXPECT_EQ(os::members_of_group(wrapper->pid()), std::vector{child});
  EXPECT_EQ(Journal(file).reap_orphans().processes, 1U);
  EXPECT_TRUE(os::members_of_group(wrapper->pid()).empty());
}

TEST_F(Orphans, a_broken_file_ends_nobody) {
  auto child = sleeper();
  ASSERT_TRUE(child);
  const auto entry = *os::identify(child->pid());
  for (const auto& text :
       {std::string(), std::string("{"), std::string("{}"), std::string("[1,{}]"),
        fmt::format(R"([{{"pid":{},"start_time":"{}","boot_id":"{}"}}])", entry.pid,
                    entry.start_time, entry.boot_id),
        fmt::format(R"([{{"pid":{},"start_time":-1,"boot_id":"{}"}}])", entry.pid, entry.boot_id),
        fmt::format(R"([{{"pid":-1,"start_time":{},"boot_id":"{}"}}])", entry.start_time,
                    entry.boot_id)}) {
    ASSERT_TRUE(os::write_file_atomically(file, text));
    EXPECT_EQ(Journal(file).reap_orphans().processes, 0U) << text;
  }
  EXPECT_TRUE(runs(*child));
}

TEST_F(Orphans, sockets_of_workers_are_removed_and_nothing_else) {
  for (const auto* name :
       {"w-0123abcd.sock", "w-00000001.sock", "llfd.sock", "w-1.sock", "other"}) {
    ASSERT_TRUE(os::write_file_atomically(folder / name, ""));
  }
  EXPECT_EQ(Journal(file).reap_orphans().sockets, 2U);
  EXPECT_FALSE(fs::exists(folder / "w-0123abcd.sock"));
  EXPECT_TRUE(fs::exists(folder / "llfd.sock"));
  EXPECT_TRUE(fs::exists(folder / "w-1.sock"));
}

TEST_F(Orphans, a_folder_that_cannot_be_written_is_no_failure) {
  Journal journal(folder / "none/workers.json");
  journal.add({.pid = 2, .start_time = 1, .boot_id = "x"});
  EXPECT_EQ(journal.reap_orphans().processes, 0U);
}

}  // namespace
}  // namespace llf::worker
