#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

namespace llf::cli {

/// llf model verify [NAME]: reads every byte of a model and says whether it is what it was.
[[nodiscard]] Expected<int> run_model_verify(Context& context, const Arguments& arguments);

}  // namespace llf::cli
