#pragma once

#include "base/expected.hpp"
#include "store/model_file.hpp"
#include "store/verification.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace llf::hub {

/// Takes the damaged files of a model back into download, with the parts of them that are right.
/// Returns what to download then, for read_reference. `files` are what verify_model found. Errors:
/// `forbidden` for a model that is not in `cache`, whose origin nobody knows; `conflict` when a
/// program is downloading one of the files; those of files. Blocks. Any thread.
[[nodiscard]] Expected<std::string> prepare_repair(const store::ModelFile& model,
                                                   const std::vector<store::VerifiedFile>& files,
                                                   const std::filesystem::path& cache);

}  // namespace llf::hub
