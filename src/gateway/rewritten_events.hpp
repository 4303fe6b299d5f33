#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"
#include "sse/parser.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::gateway {

/// The events of an engine's stream, made into those that a client gets; an event that is null,
/// which llama-server begins the answers to several prompts with, is left out. One thread.
class RewrittenEvents {
 public:
  /// What the client gets for an event; nothing: none.
  using Rewrite = std::function<std::optional<json::Object>(json::Object)>;

  /// One more event, before the regular end; nothing: none.
  using Last = std::function<std::optional<json::Object>()>;

  RewrittenEvents() = default;
  explicit RewrittenEvents(Rewrite rewrite) { then(std::move(rewrite)); }

  /// Rewrites further what those before it made.
  void then(Rewrite rewrite) { rewrites_.push_back(std::move(rewrite)); }
  void set_last(Last last) { last_ = std::move(last); }

  /// What the client gets for the next bytes of the engine. Errors: `upstream` for what is no event
  /// of a completion.
  [[nodiscard]] Expected<std::string> feed(std::string_view bytes);

  /// The last event has come.
  [[nodiscard]] bool done() const { return done_; }

 private:
  [[nodiscard]] std::optional<json::Object> rewritten(json::Object event);

  std::vector<Rewrite> rewrites_;
  Last last_;
  sse::Parser parser_;
  bool done_ = false;
};

}  // namespace llf::gateway
