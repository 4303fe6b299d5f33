#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include "completion.hpp"
#include "script.hpp"
#include <string>
#include <string_view>

/// What requests want, and the answers that need no tokens.
namespace llf::fake_worker {

/// A request for a completion. What stands behind the question mark of its prompt is the beginning
/// of the answer.
Expected<ChatRequest> read_text(std::string_view body);

/// A body with `messages`, or the message of a 400.
Expected<json::Object> read_body(std::string_view body, const Script& script);

/// The fields of a chat request, or the message of a 400.
Expected<ChatRequest> read_chat(std::string_view body, const Script& script);

/// What a model would see: each message between marks, the last one of the assistant open.
std::string rendered(const json::Array& messages);

/// One token a word.
std::string tokens_body(std::string_view body);

/// A letter for each token.
std::string text_body(std::string_view body);

/// A vector for each text: its length and how many words it has.
std::string embeddings_body(std::string_view body, const std::string& model);

/// The shorter a document, the better.
std::string rerank_body(std::string_view body, const std::string& model);

}  // namespace llf::fake_worker
