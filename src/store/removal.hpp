#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "store/model_file.hpp"

#include <filesystem>
#include <vector>

namespace llf::store {

/// Folders whose models llf may remove.
struct OwnFolders {
  std::filesystem::path hub_cache;  ///< of Hugging Face's layout
  std::filesystem::path folder;     ///< of this home
};

/// What removing a model comes to.
struct Removal {
  std::vector<std::filesystem::path> names;     ///< links, or files, under which it is found
  std::vector<std::filesystem::path> contents;  ///< blobs that nothing else refers to then
  std::vector<std::filesystem::path> kept;      ///< and those that something does
  std::filesystem::path repository;  ///< its folder in the cache, which goes when it is empty
  ByteSize freed;
};

/// Finds out what goes with a model: of a repository in the cache its files in every revision; a
/// projector with the last model that stands beside it. Errors: `forbidden` for what is not ours to
/// remove: the built-in model, files of other programs and of folders that are only read;
/// `too_large` when more stands there than is looked at; those of files. Blocks.
[[nodiscard]] Expected<Removal> plan_removal(const ModelFile& model, const OwnFolders& own);

/// Removes it: names first, so that nothing is ever visible without its content. Errors: `conflict`
/// when a program is downloading one of the contents; those of files. Blocks.
[[nodiscard]] Expected<void> remove_model(const Removal& removal, const OwnFolders& own);

}  // namespace llf::store
