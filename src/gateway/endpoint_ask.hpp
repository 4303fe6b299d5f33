#pragma once

#include "base/task.hpp"
#include "gateway/api_error.hpp"
#include "gateway/gateway.hpp"
#include "gateway/inference_ask.hpp"
#include "gateway/inference_order.hpp"
#include "net/headers.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace llf::gateway {

/// What an answer of a server elsewhere means for it, and for who asked.
enum class Judgement : std::uint8_t {
  answer,     ///< it is one, or a refusal of what the client sent
  elsewhere,  ///< another server may do better, and this one is left alone for a while
  model,      ///< the same, of this model: its others are not to blame
  busy,       ///< the same as elsewhere; it has too much to do
};

/// By its status alone. Pure.
[[nodiscard]] Judgement judge(int status);

/// What an answer that is no 200 becomes for the client: a refusal of what it sent keeps the
/// server's words, cleaned and cut; too many requests keep when to come again. Pure.
[[nodiscard]] ApiError from_endpoint(const std::string& endpoint, int status,
                                     const net::Headers& headers, std::string_view body);

/// Asks a server elsewhere that has the order's model. One that cannot be reached, breaks before
/// its answer has begun, or says that it cannot serve now is left alone for a while, and another
/// one is asked, while the budget of retries lasts (F48, F50). Everything it is given outlives it.
[[nodiscard]] Task<Asked> ask_elsewhere(const GatewayOptions& options, Order& order);

}  // namespace llf::gateway
