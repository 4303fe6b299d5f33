#pragma once

#include "store/shelf.hpp"

#include <vector>

namespace llf::store {

/// The models of a folder and of those below it, as people and programs order them: PUBLISHER/REPO
/// (LM Studio) and ORG--REPO (the Python llf) name a repository; anywhere else a model is called as
/// its file is. Blocks. Any thread.
[[nodiscard]] std::vector<ModelFile> scan_tree(const Shelf& shelf, const Look& look);

}  // namespace llf::store
