#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "json/json.hpp"
#include "net/http_client.hpp"
#include "prompt/assembly.hpp"

#include <string>

namespace llf::gateway {

/// Posts an object to a route of the engine that answers at once, and reads the object that it
/// answers. `engine` must live until then. Errors: what the engine says, or upstream.
[[nodiscard]] Task<Expected<json::Object>> call_engine(const net::Endpoint& engine,
                                                       std::string target, json::Object body);

/// How the opening of a template is given to this engine and its model: asks it whether it goes on
/// with an answer that a request begins, unless there is no opening. An engine that cannot be asked
/// does not. `engine` and `filled` must live until then.
[[nodiscard]] Task<prompt::Opening> opening_for(const net::Endpoint& engine,
                                                const prompt::Template& filled);

}  // namespace llf::gateway
