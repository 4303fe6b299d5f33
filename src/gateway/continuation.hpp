#pragma once

#include "base/expected.hpp"
#include "gateway/api.hpp"
#include "json/json.hpp"
#include "sse/parser.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llf::gateway {

/// The part of an answer that a client has.
struct BegunAnswer {
  std::string text;
  std::size_t tokens = 0;
  json::Object head;  ///< StreamedText::head
};

/// The engine's body for the rest of an answer: with what was said as the beginning of the
/// assistant's message, or behind the prompt, and with as many tokens less to say. `body` is the
/// engine's for the whole. Errors: `invalid` for a body that cannot be gone on with, or when
/// nothing is left to say. Pure.
[[nodiscard]] Expected<std::string> continued_body(Api api, std::string_view body,
                                                   const BegunAnswer& begun);

/// Makes the events of the rest look like those of the stream that they go on with: the same id,
/// time and model, no second beginning, and all tokens counted together. One thread.
class ContinuedEvents {
 public:
  ContinuedEvents(Api api, const BegunAnswer& begun)
      : api_(api), tokens_(begun.tokens), head_(begun.head) {}

  /// What the client gets for the next bytes of the engine. Errors: `upstream` for what is no event
  /// of a completion.
  [[nodiscard]] Expected<std::string> feed(std::string_view bytes);

  /// The last event has come.
  [[nodiscard]] bool done() const { return done_; }

 private:
  [[nodiscard]] std::string rewritten(json::Object event) const;
  [[nodiscard]] bool says_nothing(const json::Object& event) const;
  void add_tokens(json::Object& usage) const;

  Api api_;
  std::size_t tokens_;
  json::Object head_;
  sse::Parser parser_;
  bool done_ = false;
};

}  // namespace llf::gateway
