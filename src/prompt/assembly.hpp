#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"
#include "prompt/template.hpp"

#include <cstdint>
#include <string>

namespace llf::prompt {

/// How the beginning of an answer is given to the model.
enum class Opening : std::uint8_t {
  prefill,    ///< as a last message of the assistant, which the engine goes on with
  asked_for,  ///< in words of the user's: for engines and models that do not go on with one
};

/// How the answer is to begin: what the template's suffix ends with as the assistant, and its
/// opening, with a blank line between; empty: as it likes. Pure.
[[nodiscard]] std::string beginning_of_answer(const Template& filled);

/// The messages that a model gets for `messages` (of a chat completions request) and a template
/// whose variables are filled in: system, master, examples, conversation, prefix, the newest
/// message of the user, suffix, and the beginning of the answer. Made to what chat templates
/// accept:
/// - one system message, the first: the template's system and master text, what the request has of
///   system (or developer) messages, and those of prefix and suffix, in this order, with blank
///   lines between;
/// - no two messages of one role (user or assistant) in a row: their texts are joined with a blank
///   line, lists of parts one behind the other. Messages with tool calls, of tools, or with a name
///   are left as they are;
/// - the beginning of the answer is given when the newest message is the user's; after anything
///   else there is no opening.
/// Messages of the template and system messages without content are left out; so are prefix, suffix
/// and opening without a message of the user. What came after that message stands behind the
/// suffix. Everything else of the messages stays as it is; joined ones have the members of all, the
/// first's first. Errors: `invalid` when one is no object with a role, or a system message has
/// content that is neither text nor a list. Pure.
[[nodiscard]] Expected<json::Array> assemble(const Template& filled, json::Array messages,
                                             Opening opening);

}  // namespace llf::prompt
