#pragma once

#include "client/answers.hpp"

#include <cstdint>
#include <span>
#include <string>

/// What commands print for people. Pure; every line is ended.
namespace llf::cli {

[[nodiscard]] std::string render_workers(std::span<const client::WorkerInfo> workers);
[[nodiscard]] std::string render_models(std::span<const client::ModelInfo> models);
[[nodiscard]] std::string render_status(const client::DaemonStatus& status);

/// "http://127.0.0.1:8000", or why the port is not served.
[[nodiscard]] std::string render_address(const client::DaemonStatus& status);

/// "0 s", "59 s", "1 min", "2 h", "3 d": the largest unit that is reached, rounded down.
/// A line for each: what happened to which model, how long ago, and why.
[[nodiscard]] std::string render_notes(std::span<const client::SchedulerNote> notes);

[[nodiscard]] std::string render_duration(std::int64_t seconds);

}  // namespace llf::cli
