#pragma once

#include "base/expected.hpp"
#include "store/model_file.hpp"
#include "store/verification.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace llf::hub {

/// What to download for the files of a model in `cache` to come anew, for read_reference. Errors:
/// `forbidden` for a model that is not there, whose origin nobody knows. Pure.
[[nodiscard]] Expected<std::string> repair_reference(const store::ModelFile& model,
                                                     const std::filesystem::path& cache);

/// Whether a file is another than its store names: one that is what its name says, and no model, is
/// so at its source. Pure.
[[nodiscard]] bool is_repairable(const store::VerifiedFile& file);

/// Takes damaged files of `cache` back into download, with the parts of them that are right: all of
/// them or none. Errors: `conflict` when a program is downloading one; `forbidden` for what is not
/// ours to write; those of files. Blocks. Any thread.
[[nodiscard]] Expected<void> take_back(const std::vector<store::VerifiedFile>& damaged,
                                       const std::filesystem::path& cache);

}  // namespace llf::hub
