#pragma once

#include "gateway/api_error.hpp"
#include "json/skim.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::gateway {

/// Looks, while a request is skimmed, into the fields that are objects with fields of their own:
/// `stream_options`, `response_format`, `logit_bias`. One thread.
class InnerFields {
 public:
  void take(const json::Token& token);

  /// What is wrong with the first of them that is.
  [[nodiscard]] const std::optional<ApiError>& wrong() const { return wrong_; }

  /// Those that nobody honours, each once: "stream_options.colour".
  [[nodiscard]] const std::vector<std::string>& unknown() const { return unknown_; }

  /// A stream is to end with an event that tells what was used.
  [[nodiscard]] bool include_usage() const { return include_usage_; }

 private:
  void take_inner(const json::Token& token);
  void take_bias(const json::Token& token);
  void take_format(const json::Token& token);
  void note_unknown(std::string name);
  void refuse(std::string message);

  std::string field_;        ///< of the body, whose value is being read
  std::string inner_;        ///< likewise, of that value
  std::string third_;        ///< likewise, of json_schema
  bool is_schema_ = false;   ///< response_format is of the type json_schema
  bool has_schema_ = false;  ///< and has one
  bool include_usage_ = false;
  std::optional<ApiError> wrong_;
  std::vector<std::string> unknown_;
};

}  // namespace llf::gateway
