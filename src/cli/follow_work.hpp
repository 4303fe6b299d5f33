#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "cli/progress_display.hpp"
#include "client/event_stream.hpp"
#include "json/json.hpp"

#include <string>
#include <vector>

namespace llf::cli {

/// Follows a work of llfd on files: `{"done_bytes","size_bytes"}` is drawn behind `label`, all
/// other events are returned. Errors: what an event tells; `upstream` when no other came. The
/// display outlives it.
[[nodiscard]] Task<Expected<std::vector<json::Object>>> follow_work(client::EventStream stream,
                                                                    std::string label,
                                                                    ProgressDisplay& display);

}  // namespace llf::cli
