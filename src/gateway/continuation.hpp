#pragma once

#include "base/expected.hpp"
#include "gateway/api.hpp"
#include "gateway/rewritten_events.hpp"
#include "json/json.hpp"

#include <cstddef>
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

/// The events of the rest, which look like those of the stream that they go on with: the same id,
/// time and model, no second beginning, and all tokens counted together.
[[nodiscard]] RewrittenEvents continued_events(Api api, const BegunAnswer& begun);

}  // namespace llf::gateway
