#pragma once

#include "base/task.hpp"
#include "store/details.hpp"
#include "store/shelf.hpp"

#include <functional>
#include <vector>

namespace llf::gateway {

/// What the gateway asks of the models on disk, all of it beside the loop.
struct ModelAccess {
  std::function<Task<void>()> refresh;                ///< takes over what changed
  std::function<std::vector<store::Shelf>()> places;  ///< where models are looked for
  std::function<Task<Expected<store::Details>>(store::ModelFile)> details;
};

}  // namespace llf::gateway
