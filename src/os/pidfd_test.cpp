#include "os/pidfd.hpp"

#include "os/child_process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <sys/syscall.h>
#include <unistd.h>

namespace llf::os {
namespace {

using namespace std::chrono_literals;

UniqueFd pidfd_of(pid_t pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
}

TEST(AwaitEnd, returns_with_the_end_or_the_limit) {
  const auto ends = spawn({.argv = {"/bin/true"}, .env = {}, .cwd = "/"});
  const auto stays = spawn({.argv = {"/bin/sleep", "1000"}, .env = {}, .cwd = "/"});
  ASSERT_TRUE(ends && stays);
  EXPECT_TRUE(await_end(pidfd_of(ends->pid()), 60s));
  EXPECT_FALSE(await_end(pidfd_of(stays->pid()), 1ms));
  EXPECT_FALSE(await_end(pidfd_of(stays->pid()), -1ms));
}

}  // namespace
}  // namespace llf::os
