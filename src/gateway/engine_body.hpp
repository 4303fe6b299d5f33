#pragma once

#include "config/settings.hpp"
#include "gateway/inference_request.hpp"
#include "prompt/assembly.hpp"
#include "prompt/template.hpp"

#include <expected>
#include <optional>
#include <string>

namespace llf::gateway {

/// A server elsewhere that gets a request.
struct Recipient {
  config::Dialect dialect = config::Dialect::openai;
  std::string model;  ///< as it calls it
};

/// What llf adds to a request on its way to the engine.
struct Additions {
  config::Inference inference;             ///< where the request does not say
  std::optional<prompt::Template> prompt;  ///< with its variables filled in
  prompt::Opening opening = prompt::Opening::prefill;
  std::optional<Recipient> elsewhere{};  ///< nothing: an engine of ours
};

/// The body that the engine gets for a client's, of which `request` was read: the same bytes
/// without the fields that the API does not have, the others as the engine calls them, the missing
/// values behind them and, with a prompt template, the messages that are assembled of it in place
/// of the client's. An engine of ours gets the choice of one tool as that tool alone. A server
/// elsewhere gets what its dialect has of all that, and its own name of the model. Errors:
/// `invalid` for messages that are none, or too many for a template. Pure.
[[nodiscard]] std::expected<std::string, ApiError> engine_body(std::string body,
                                                               const InferenceRequest& request,
                                                               const Additions& additions);

}  // namespace llf::gateway
