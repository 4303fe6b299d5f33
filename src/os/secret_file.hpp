#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"

#include <filesystem>
#include <string>

namespace llf::os {

/// The content of a file that holds a secret, without the line break at its end. Links are
/// followed. Errors: those of read_file; `forbidden` when it belongs to somebody else than us and
/// root, or others may read or write it. Blocks. Any thread.
[[nodiscard]] Expected<std::string> read_secret_file(const std::filesystem::path& path,
                                                     ByteSize limit);

}  // namespace llf::os
