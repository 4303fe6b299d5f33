#pragma once

#include "base/expected.hpp"
#include "gguf/header.hpp"

#include <filesystem>

namespace llf::store {

/// The header of a model file, which may be on a slow disk: only as much is read as it has. Errors:
/// those of files; of gguf::read_header, with the path; `too_large` for a header beyond
/// limits::kGgufHeader. Blocks. Any thread.
[[nodiscard]] Expected<gguf::Header> read_gguf(const std::filesystem::path& path);

}  // namespace llf::store
