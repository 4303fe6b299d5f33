#pragma once

#include "base/expected.hpp"
#include "hub/download.hpp"
#include "store/model_file.hpp"
#include "store/verification.hpp"

#include <filesystem>
#include <vector>

namespace llf::hub {

/// What to download for the files of a model to come anew: of its repository for one in `cache`,
/// else from the URL that is kept beside it. Errors: `forbidden` for a model whose origin nobody
/// knows. Reads a file.
[[nodiscard]] Expected<DownloadRequest> repair_request(const store::ModelFile& model,
                                                       const std::filesystem::path& cache,
                                                       Endpoint endpoint);

/// Whether a file is another than its store names: one that is what its name says, and no model, is
/// so at its source. Pure.
[[nodiscard]] bool is_repairable(const store::VerifiedFile& file);

/// Takes damaged files back into download, with the parts of them that are right: all of them or
/// none. Errors: `conflict` when a program is downloading one; `forbidden` for what is not ours to
/// write; those of files. Blocks. Any thread.
[[nodiscard]] Expected<void> take_back(const std::vector<store::VerifiedFile>& damaged,
                                       const std::filesystem::path& cache);

/// Undoes take_back, but for what somebody has begun to fetch. Blocks. Any thread.
void give_back(const std::vector<store::VerifiedFile>& damaged, const std::filesystem::path& cache);

}  // namespace llf::hub
