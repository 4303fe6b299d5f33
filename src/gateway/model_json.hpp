#pragma once

#include "json/json.hpp"
#include "store/details.hpp"
#include "store/model_file.hpp"

namespace llf::gateway {

/// A model and what its files say, as docs/reference/control-api.md describes it.
[[nodiscard]] json::Object model_json(const store::ModelFile& model, const store::Details& details);

}  // namespace llf::gateway
