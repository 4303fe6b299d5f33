#pragma once

#include "store/file_label.hpp"
#include "store/model_file.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace llf::store {

/// A GGUF file that was found on a shelf.
struct FoundFile {
  FileLabel label;
  std::string path;
  std::uint64_t size = 0;     ///< bytes
  std::int64_t modified = 0;  ///< seconds since 1970
};

/// Looks at a file, links followed; nothing for what is no GGUF file by its name or no file.
[[nodiscard]] std::optional<FoundFile> look_at(const std::filesystem::path& path);

/// The names of the parts that are missing of split models, of which some are among `files` of one
/// folder. Pure.
[[nodiscard]] std::vector<std::string> missing_parts(std::span<const FoundFile> files);

/// The models that the files of one folder or repository make: the parts of a split one together,
/// and left out when one is missing; a projector with each of them. In a repository ("ORG/REPO")
/// they are called "ORG/REPO:QUANTISATION", where that is one model's only, else "ORG/REPO:STEM";
/// without one ("") by their stems. Pure.
[[nodiscard]] std::vector<ModelFile> assemble(std::vector<FoundFile> files, Source source,
                                              const std::string& repository);

}  // namespace llf::store
