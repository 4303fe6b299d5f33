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

/// Makes a plan fetch what is damaged, as far as that is known, in the place of what is there.
/// Errors: `not_found` for a file that does not come with it. Some system calls.
[[nodiscard]] Expected<void> plan_repair(DownloadPlan& plan,
                                         const std::vector<store::VerifiedFile>& damaged);

}  // namespace llf::hub
