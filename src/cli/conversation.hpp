#pragma once

#include "client/chat_request.hpp"

#include <string>
#include <vector>

namespace llf::cli {

/// The turns of one chat, which are sent again with every message. User and assistant alternate
/// whatever happens. Pure; one thread.
class Conversation {
 public:
  /// A message of the user; its answer is to follow by `complete` or `abandon`.
  void ask(std::string message);

  /// The answer came whole.
  void complete(std::string answer);

  /// The answer failed or was cancelled: what came of it is kept; when nothing came, the message is
  /// taken back.
  void abandon(std::string partial);

  void clear() { messages_.clear(); }

  [[nodiscard]] const std::vector<client::Message>& messages() const { return messages_; }

 private:
  std::vector<client::Message> messages_;
};

}  // namespace llf::cli
