#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include <optional>
#include <string_view>

namespace llf::gateway {

/// Whether a request's `tools` are of a form that engines read. Types that are not OpenAI's are
/// theirs to judge. Errors: `invalid`, which says what is wrong with which. Pure.
[[nodiscard]] Expected<void> check_tools(const json::Value& tools);

/// How `tools` and `tool_choice` are said to an engine of ours, which does not know the choice of
/// one function: as `tools` it gets that one alone, and must call one. Empty for another choice.
/// Errors: `invalid` for a function that is not among the tools. Pure.
[[nodiscard]] Expected<json::Object> tools_for_engine(const json::Value& tools,
                                                      const json::Value& choice);

}  // namespace llf::gateway
