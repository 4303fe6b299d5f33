#include "cli/piped_input.hpp"

#include "os/child_process.hpp"
#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace llf::cli {
namespace {

void put(int fd, std::string_view text) {
  ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

MonoTime now() {
  return mono_now();
}

TEST(PipedInput, pipes_sockets_and_files_are_read_devices_are_not) {
  auto pipe = os::make_pipe();
  ASSERT_TRUE(pipe);
  EXPECT_EQ(kind_of_input(pipe->read.get()), InputKind::readable);
  const os::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  EXPECT_EQ(kind_of_input(socket.get()), InputKind::readable);
  const os::UniqueFd file(::memfd_create("x", MFD_CLOEXEC));
  EXPECT_EQ(kind_of_input(file.get()), InputKind::readable);
  const os::UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(kind_of_input(null.get()), InputKind::nothing);
  EXPECT_EQ(kind_of_input(-1), InputKind::nothing);
}

TEST(PipedInput, a_terminal_is_one) {
  const os::UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(terminal);
  EXPECT_EQ(kind_of_input(terminal.get()), InputKind::terminal);
}

TEST(PipedInput, what_is_there_is_read_to_the_end) {
  auto pipe = os::make_pipe();
  ASSERT_TRUE(pipe);
  put(pipe->write.get(), "hello\n");
  pipe->write.reset();
  const auto input = read_piped_input(pipe->read.get(), now());
  ASSERT_TRUE(input);
  EXPECT_EQ(input->end, PipedInput::End::complete);
  EXPECT_EQ(input->bytes, "hello\n");
}

TEST(PipedInput, an_empty_one_is_complete) {
  auto pipe = os::make_pipe();
  ASSERT_TRUE(pipe);
  pipe->write.reset();
  const auto input = read_piped_input(pipe->read.get(), now());
  ASSERT_TRUE(input);
  EXPECT_EQ(input->end, PipedInput::End::complete);
  EXPECT_EQ(input->bytes, "");
}

TEST(PipedInput, an_open_and_silent_one_is_given_up) {
  auto pipe = os::make_pipe();
  ASSERT_TRUE(pipe);
  const auto input = read_piped_input(pipe->read.get(), now());
  ASSERT_TRUE(input);
  EXPECT_EQ(input->end, PipedInput::End::silent);
}

TEST(PipedInput, more_than_a_request_holds_is_refused) {
  const os::UniqueFd file(::memfd_create("x", MFD_CLOEXEC));
  ASSERT_EQ(::ftruncate(file.get(), 33 << 20), 0);
  const auto input = read_piped_input(file.get(), now());
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().kind, ErrorKind::too_large);
}

TEST(PipedInput, valid_text_is_left_alone) {
  const auto text = to_utf8("žluť \uFFFD \U0001F600");
  EXPECT_EQ(text.text, "žluť \uFFFD \U0001F600");
  EXPECT_FALSE(text.replaced);
}

TEST(PipedInput, what_is_no_utf8_is_replaced_and_told) {
  const auto text = to_utf8("a\xFF");
  EXPECT_EQ(text.text, "a\uFFFD");
  EXPECT_TRUE(text.replaced);
}

}  // namespace
}  // namespace llf::cli
