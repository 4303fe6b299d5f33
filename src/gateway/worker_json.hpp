#pragma once

#include "json/json.hpp"
#include "worker/worker.hpp"

namespace llf::gateway {

/// A worker as `/llf/v1/workers` lists it. Pure.
[[nodiscard]] json::Object worker_json(const worker::WorkerStatus& status);

/// One event of `/llf/v1/load` while the model loads: state, progress 0 to 1, elapsed time. Pure.
[[nodiscard]] json::Object load_progress_json(const worker::WorkerStatus& status);

}  // namespace llf::gateway
