#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/blocking_thread.hpp"

#include <filesystem>

namespace llf::daemon {

/// Whether a model file may be given to an engine: none may that our own reader refuses (SEC-23,
/// F12). Reads on `disk`, which must live until then. Errors: those of store::read_gguf; cancelled.
[[nodiscard]] Task<Expected<void>> check_model(net::BlockingThread& disk,
                                               std::filesystem::path path);

}  // namespace llf::daemon
