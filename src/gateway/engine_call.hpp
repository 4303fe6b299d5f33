#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "json/json.hpp"
#include "net/http_client.hpp"
#include "prompt/assembly.hpp"
#include "worker/worker.hpp"

#include <string>

namespace llf::gateway {

/// Posts an object to a route of the engine that answers at once, and reads the object that it
/// answers. `engine` must live until then. Errors: what the engine refuses; `upstream` for an
/// answer that is none; unavailable, timeout and cancelled, as of any connection.
[[nodiscard]] Task<Expected<json::Object>> call_engine(const net::Endpoint& engine,
                                                       std::string target, json::Object body);

/// What the engine says of itself and its model. `engine` must live until then. Errors: as of
/// call_engine.
[[nodiscard]] Task<Expected<json::Object>> engine_properties(const net::Endpoint& engine);

/// How a begun answer is given to this engine and its model: asks it whether it goes on with one.
/// `engine` must live until then. Errors: those of the connection; a refusal is an answer.
[[nodiscard]] Task<Expected<prompt::Opening>> ask_for_opening(const net::Endpoint& engine);

/// Why a request to a worker failed: when its process has ended, its reason says more than the
/// broken connection.
[[nodiscard]] Task<Error> why_failed(worker::Lease& lease, Error error);

}  // namespace llf::gateway
