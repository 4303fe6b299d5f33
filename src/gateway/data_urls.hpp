#pragma once

#include "json/skim.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace llf::gateway {

/// Looks, while a request is skimmed, for data that the engine would fetch itself: images, sound
/// and files of messages by a URL (SEC-34), and objects where an API has texts only. One thread.
class DataUrls {
 public:
  /// `required` is the API's: of "prompt" and "input" the values are texts.
  explicit DataUrls(std::string_view required)
      : texts_(required == "messages" ? std::string_view() : required) {}

  void take(const json::Token& token);

  /// Whether there was any so far.
  [[nodiscard]] bool found() const { return found_; }

 private:
  void take_key(const json::Token& token);
  void take_image(const json::Token& token);

  std::string_view texts_;       ///< the field that has texts only
  std::string field_;            ///< of the body, whose value is being read
  bool in_content_ = false;      ///< of a message
  bool in_text_ = false;         ///< of a part of it
  std::size_t image_depth_ = 0;  ///< of the `image_url` whose value is being read; 0: of none
  bool expects_url_ = false;
  bool has_url_ = false;
  bool found_ = false;
};

}  // namespace llf::gateway
