#pragma once

#include "base/task.hpp"
#include "gateway/inference_order.hpp"
#include "json/json.hpp"
#include "net/http_client.hpp"

#include <expected>
#include <optional>
#include <string_view>

namespace llf::gateway {

/// Whether the model's chat template has a place for tools, as the engine's properties say;
/// nothing: they do not. Without one an engine tells the model nothing of them. Pure.
[[nodiscard]] std::optional<bool> takes_tools(const json::Object& properties);

/// Whether each answer of a whole chat calls a tool, or says nothing at all. Pure.
[[nodiscard]] bool calls_tool(std::string_view answer);

/// Notes that a call that the client demands (`tool_choice`) cannot be had from the engine's model.
/// `engine` must live until then; one that cannot be asked is taken for able. Errors: the client is
/// strict.
[[nodiscard]] Task<std::expected<void, ApiError>> note_tool_support(Order& order,
                                                                    const net::Endpoint& engine);

}  // namespace llf::gateway
