#pragma once

#include "json/json.hpp"

#include <cstddef>
#include <string>

namespace llf::cli {

/// What `llf model fit` prints of an answer of POST /llf/v1/fit. Pure, as is the other.
[[nodiscard]] std::string render_fit(const json::Object& answer);

/// The table of `llf model recommend`, of `most` models at most.
[[nodiscard]] std::string render_recommended(const json::Object& answer, std::size_t most);

}  // namespace llf::cli
