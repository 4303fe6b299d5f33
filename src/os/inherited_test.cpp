#include "os/inherited.hpp"

#include "os/child_process.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace llf::os {
namespace {

/// Runs `work` in a process of its own and returns what it wrote to its pipe.
template <class Work>
std::string in_child(Work work) {
  auto pipe = make_pipe();
  EXPECT_TRUE(pipe);
  const pid_t child = ::fork();
  if (child == 0) {
    work(pipe->write.get());
    ::_exit(9);
  }
  pipe->write.reset();
  std::string text;
  std::array<char, 256> buffer{};
  for (ssize_t size = 1; size > 0;) {
    size = ::read(pipe->read.get(), buffer.data(), buffer.size());
    if (size > 0) text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return text;
}

void say(int fd, const std::string& text) {
  static_cast<void>(::write(fd, text.data(), text.size()));
}

TEST(Inherited, a_successor_gets_descriptors_by_name) {
  const auto text = in_child([](int out) {
    Successor successor{.argv = {"/bin/sh", "-c",
                                 "echo $A $((LISTEN_PID == $$)) $LISTEN_FDS $LISTEN_FDNAMES; "
                                 "echo here >&4"},
                        .env = {"A=b", "PATH=/usr/bin:/bin", "LISTEN_FDS=7"},
                        .fds = {}};
    static_cast<void>(::dup2(out, 1));
    successor.fds.push_back({.name = "null", .fd = UniqueFd(::open("/dev/null", O_RDONLY))});
    successor.fds.push_back({.name = "pipe", .fd = UniqueFd(::dup(out))});
    const auto error = become(successor);
    say(out, error.message);
  });
  EXPECT_EQ(text, "b 1 2 null:pipe\nhere\n");
}

TEST(Inherited, a_successor_that_is_not_there_is_an_error) {
  const auto text = in_child([](int out) {
    say(out, become({.argv = {"/no/such/program"}, .env = {}, .fds = {}}).message);
  });
  EXPECT_EQ(text, "starting /no/such/program: No such file or directory");
}

TEST(Inherited, they_are_taken_by_the_process_that_they_are_for) {
  const auto text = in_child([](int out) {
    const int copy = ::fcntl(out, F_DUPFD, 10);
    static_cast<void>(::dup2(copy, 3));
    static_cast<void>(::dup2(copy, 4));
    const auto mine = std::to_string(::getpid());
    ::setenv("LISTEN_PID", mine.c_str(), 1);
    ::setenv("LISTEN_FDS", "2", 1);
    ::setenv("LISTEN_FDNAMES", "http", 1);
    const auto taken = take_inherited();
    for (const auto& one : taken) {
      const bool closes = (::fcntl(one.fd.get(), F_GETFD) & FD_CLOEXEC) != 0;
      say(copy, one.name + std::to_string(one.fd.get()) + (closes ? " " : "!"));
    }
    ::setenv("LISTEN_PID", "1", 1);
    say(copy, std::to_string(take_inherited().size()));
    ::_exit(0);
  });
  EXPECT_EQ(text, "http3 unknown4 0");
}

}  // namespace
}  // namespace llf::os
