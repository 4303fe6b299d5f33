#pragma once

#include "base/task.hpp"
#include "daemon/models.hpp"
#include "json/json.hpp"
#include "scheduler/scheduler.hpp"

namespace llf::daemon {

/// Loads the models of these names, one after the other; what cannot be loaded is logged. Loop
/// thread.
[[nodiscard]] Task<void> preload(Models& models, scheduler::Scheduler& scheduler,
                                 json::Array names);

}  // namespace llf::daemon
