#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/types.h>

namespace llf::os {

/// Replaces `path` by `bytes` so that, whatever fails or is killed, either the old content or the
/// new one is there, and the new one is durable when this returns: a temporary file in the same
/// folder, fsync, rename, fsync of the folder (where it may be read: else the name is not durable).
/// A failed fsync of the file is not retried (the pages are already marked clean); the temporary
/// file is removed. After an error of the folder's fsync the new content is there. Blocks on the
/// disk. Any thread. Errors: io, forbidden, not_found (the folder), with the path in the message;
/// `invalid` where something else than a file is: a folder, a device, a pipe.
[[nodiscard]] Expected<void> write_file_atomically(const std::filesystem::path& path,
                                                   std::string_view bytes, unsigned mode = 0600);

/// The same without any fsync: readers see the old content or the new one, also when we are killed
/// meanwhile, but after a power cut it may be either, or empty. For what only matters until then.
[[nodiscard]] Expected<void> replace_file(const std::filesystem::path& path, std::string_view bytes,
                                          unsigned mode = 0600);

/// write_file_atomically for a file of the user's: a link (of people who keep their files
/// elsewhere) stays one, and who may read the file stays as it is; a new one is for its owner
/// alone.
[[nodiscard]] Expected<void> write_user_file(const std::filesystem::path& path,
                                             std::string_view bytes);

/// Makes the names in a folder survive a power cut; one that may not be read cannot be told to.
/// Blocks on the disk. Any thread. Errors: io, forbidden, not_found.
[[nodiscard]] Expected<void> sync_folder(const std::filesystem::path& folder);

/// The process that writes the temporary file of this name for one of the two functions above;
/// nothing for any other name. Pure.
[[nodiscard]] std::optional<pid_t> writer_of_temporary(std::string_view name);

/// Asked about a file that is open, before it is read: an error is that of reading it.
using FileCheck = std::function<Expected<void>(const struct stat& facts)>;

/// The content of a regular file (or one of /proc). Errors: not_found, forbidden, io; `too_large`
/// when it is longer than `limit`; `invalid` when it is a folder; those of `check`. Blocks. Any
/// thread.
[[nodiscard]] Expected<std::string> read_file(const std::filesystem::path& path, ByteSize limit,
                                              const FileCheck& check = {});

}  // namespace llf::os
