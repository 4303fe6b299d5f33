#pragma once

#include "json/json.hpp"
#include "text/progress.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace llf::cli {

/// What is to be downloaded, of an answer's "plan": a line with its size, and what there is beside
/// it. Pure, as are the others.
[[nodiscard]] std::string render_plan(const json::Object& plan);

/// The files of a plan, for --dry-run.
[[nodiscard]] std::string render_plan_files(const json::Object& plan);

/// How far a download is, of an answer's "download".
[[nodiscard]] text::Progress progress_of(const json::Object& download);

/// The same as a plain line: "X: 40 %, 1.0 GB of 2.5 GB, 34.1 MB/s, 44 s left".
[[nodiscard]] std::string progress_text(const json::Object& download);

/// The tenth that a download has reached, 0 to 10; nothing while its size is not known.
[[nodiscard]] std::optional<std::int64_t> tenth_of(const json::Object& download);

/// The table of `llf model downloads`.
[[nodiscard]] std::string render_downloads(const json::Object& answer);

/// The table of `llf model search`.
[[nodiscard]] std::string render_found(const json::Object& answer);

}  // namespace llf::cli
