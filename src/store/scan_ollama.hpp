#pragma once

#include "store/shelf.hpp"

#include <filesystem>
#include <vector>

namespace llf::store {

/// The models of an Ollama store: its manifests (manifests/HOST/NAMESPACE/NAME/TAG, JSON) name
/// blobs by their SHA-256. They are called as Ollama calls them: "NAME:TAG", "NAMESPACE/NAME:TAG".
/// Blocks. Any thread.
[[nodiscard]] std::vector<ModelFile> scan_ollama(const std::filesystem::path& root,
                                                 const Look& look);

}  // namespace llf::store
