#pragma once

#include "cli/output.hpp"
#include "os/child_process.hpp"
#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace llf::cli {

/// For tests: an output whose text can be read back.
class TestOutput {
 public:
  explicit TestOutput(text::Terminal terminal = {})
      : fd_(::memfd_create("output", MFD_CLOEXEC)), output_(fd_.get(), terminal) {}

  [[nodiscard]] Output& get() { return output_; }

  [[nodiscard]] std::string text() const {
    std::string out(static_cast<std::size_t>(::lseek(fd_.get(), 0, SEEK_CUR)), '\0');
    EXPECT_EQ(::pread(fd_.get(), out.data(), out.size(), 0), static_cast<ssize_t>(out.size()));
    return out;
  }

 private:
  os::UniqueFd fd_;
  Output output_;
};

/// For tests: a pipe, blocking, that nobody reads and nothing more fits into.
inline os::Pipe make_full_pipe() {
  auto pipe = os::make_pipe();
  EXPECT_TRUE(pipe);
  const int fd = pipe->write.get();
  EXPECT_EQ(::fcntl(fd, F_SETFL, O_NONBLOCK), 0);
  const std::string page(4096, 'x');
  while (::write(fd, page.data(), page.size()) > 0) {
  }
  EXPECT_EQ(::fcntl(fd, F_SETFL, 0), 0);
  return std::move(*pipe);
}

}  // namespace llf::cli
