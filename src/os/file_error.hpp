#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace llf::os {

/// What was to be done with a file.
enum class FileUse : std::uint8_t {
  read,
  write,    ///< where it is, or made in its folder
  replace,  ///< by a new one of its name: only the folder must be writable
};

/// The error of doing something ("opening") with a file or folder that failed with `error_number`.
/// Where rights are lacking it names the file or folder that lacks them, links followed, and what
/// allows it, or its owner and mode. An empty path is `invalid`. A few system calls. Any thread.
[[nodiscard]] Error file_error(std::string_view doing, const std::filesystem::path& path,
                               FileUse use, int error_number);

}  // namespace llf::os
