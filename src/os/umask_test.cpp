#include "os/umask.hpp"

#include "os/test_folder.hpp"
#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace llf::os {
namespace {

mode_t mode_of(int fd) {
  struct stat facts{};
  return ::fstat(fd, &facts) == 0 ? facts.st_mode & 0777U : 0;
}

UniqueFd make(const std::filesystem::path& path) {
  return UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
}

TEST(Umask, what_is_shared_has_the_umask_of_the_user_and_the_rest_none_for_others) {
  const TestFolder folder;
  EXPECT_EXIT(
      {
        ::umask(002);
        keep_files_private();
        const auto own = make(folder / "own");
        const auto shared = make(folder / "shared");
        share(shared.get(), 0666);
        std::_Exit(mode_of(own.get()) == 0600U && mode_of(shared.get()) == 0664U ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Umask, a_process_that_keeps_nothing_private_changes_nothing) {
  const TestFolder folder;
  const auto file = make(folder / "file");
  const auto before = mode_of(file.get());
  share(file.get(), 0777);
  EXPECT_EQ(mode_of(file.get()), before);
}

}  // namespace
}  // namespace llf::os
