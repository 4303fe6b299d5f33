#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"
#include "sse/parser.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace llf::gateway {

/// The events of an engine's stream, made into those that a client gets. One thread.
class RewrittenEvents {
 public:
  /// What the client gets for an event; nothing: none.
  using Rewrite = std::function<std::optional<json::Object>(json::Object)>;

  explicit RewrittenEvents(Rewrite rewrite) : rewrite_(std::move(rewrite)) {}

  /// What the client gets for the next bytes of the engine. Errors: `upstream` for what is no event
  /// of a completion.
  [[nodiscard]] Expected<std::string> feed(std::string_view bytes);

  /// The last event has come.
  [[nodiscard]] bool done() const { return done_; }

 private:
  Rewrite rewrite_;
  sse::Parser parser_;
  bool done_ = false;
};

}  // namespace llf::gateway
