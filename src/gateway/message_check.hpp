#pragma once

#include "gateway/api_error.hpp"
#include "json/skim.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::gateway {

/// Looks, while a request for a chat is skimmed, whether its messages are of a form that engines
/// read: they answer 500 to others, which clients take for our fault and try again. What is within
/// the parts of a content is the engine's to judge. One thread.
class MessageCheck {
 public:
  void take(const json::Token& token);

  /// The first message that is none, and why.
  [[nodiscard]] const std::optional<ApiError>& wrong() const { return wrong_; }

  /// Fields of messages that no model gets, each once: "messages[].mood".
  [[nodiscard]] const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  void take_member(const json::Token& token);
  void take_call(const json::Token& token);
  void note_unknown();
  void refuse(std::string_view what);

  bool in_messages_ = false;
  std::size_t index_ = 0;  ///< of the message, from 1
  std::string member_;     ///< of the message, whose value is being read
  std::string call_;       ///< likewise, of a tool call
  std::string function_;   ///< likewise, of its function
  bool has_role_ = false;  ///< the message
  bool has_type_ = false;  ///< the tool call
  bool is_function_ = true;
  bool has_name_ = false;  ///< its function
  std::optional<ApiError> wrong_;
  std::vector<std::string> unknown_;
};

}  // namespace llf::gateway
