#include "os/unique_fd.hpp"

#include <unistd.h>

namespace llf::os {

void close_fd(int fd) noexcept {
  static_cast<void>(::close(fd));
}

}  // namespace llf::os
