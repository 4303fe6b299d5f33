#pragma once

#include <filesystem>
#include <sys/types.h>

namespace llf::os {

/// From now on what this process makes is for its owner alone: umask 077. The umask that it was
/// started with is kept for share. Once, before there are threads.
void keep_files_private();

/// Gives a file or folder of ours the mode that it would have had without keep_files_private: for
/// what other programs and users of a machine share. What belongs to another user stays as it is.
void share(int fd, mode_t mode);

}  // namespace llf::os
