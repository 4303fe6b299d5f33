#pragma once

#include "store/shelf.hpp"

#include <filesystem>
#include <vector>

namespace llf::store {

/// The models of a cache in the layout of Hugging Face ("Hub Local Cache" of its documentation):
/// of each repository those of the revision that its ref "main" names, and of its other revisions
/// what that one lacks. Blocks. Any thread.
[[nodiscard]] std::vector<ModelFile> scan_hub_cache(const std::filesystem::path& root,
                                                    const Look& look);

}  // namespace llf::store
