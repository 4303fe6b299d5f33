#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/http_client.hpp"
#include "sse/parser.hpp"

#include <optional>

namespace llf::client {

/// Reads the events of an answer as they come. Destroying it cancels the request. Loop thread; one
/// call at a time.
class EventStream {
 public:
  explicit EventStream(net::ClientResponse response) : response_(std::move(response)) {}

  /// The next event; nothing once the answer has ended regularly. Errors: upstream (cut short),
  /// too_large (an event past the limits), timeout, cancelled.
  [[nodiscard]] Task<Expected<std::optional<sse::Event>>> next();

 private:
  net::ClientResponse response_;
  sse::Parser parser_;
  bool ended_ = false;
};

}  // namespace llf::client
