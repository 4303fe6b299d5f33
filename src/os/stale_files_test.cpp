#include "os/stale_files.hpp"

#include "os/atomic_file.hpp"
#include "os/child_process.hpp"
#include "os/test_folder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

std::string temporary_of(pid_t pid) {
  return fmt::format(".a.json.{}.7.tmp", pid);
}

TEST(StaleTemporaries, of_the_dead_are_removed_and_nothing_else) {
  constexpr pid_t kNobody = 0x3fffffff;
  auto child = spawn({.argv = {"/bin/true"}, .env = {}, .cwd = "/"});
  ASSERT_TRUE(child);
  pollfd end{.fd = child->pidfd(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&end, 1, 60'000), 1);
  const auto zombie = child->pid();

  const TestFolder folder;
  for (const auto& name :
       {temporary_of(::getpid()), temporary_of(kNobody), temporary_of(zombie), std::string("a")}) {
    ASSERT_TRUE(replace_file(folder / name, "x"));
  }
  EXPECT_EQ(remove_stale_temporaries(folder.path()), 2U);
  EXPECT_TRUE(fs::exists(folder / temporary_of(::getpid())));
  EXPECT_TRUE(fs::exists(folder / "a"));
  EXPECT_EQ(remove_stale_temporaries(folder / "none"), 0U);
}

}  // namespace
}  // namespace llf::os
