#include "gateway/data_urls.hpp"

#include <string_view>

namespace llf::gateway {
namespace {

using Kind = json::Token::Kind;

// Of the keys in {"messages":[{…}]} and in {"messages":[{"content":[{…}]}]}.
constexpr std::size_t kMessageDepth = 3;
constexpr std::size_t kPartDepth = 5;

}  // namespace

void DataUrls::take(const json::Token& token) {
  if (token.kind == Kind::key) {
    take_key(token);
    return;
  }
  if (token.depth == 0) return;
  if (!texts_.empty() && field_ == texts_) {
    if (token.kind == Kind::object) found_ = true;
    return;
  }
  if (image_depth_ != 0) {
    take_image(token);
    return;
  }
  // Of a part that is no text, whatever it is called: sound, video, files.
  const bool in_part = in_content_ && !in_text_ && token.depth >= kPartDepth;
  if (in_part && token.kind == Kind::string && token.text.contains("://") &&
      !token.text.starts_with("data:")) {
    found_ = true;
  }
}

void DataUrls::take_key(const json::Token& token) {
  if (token.depth == 1) {
    field_ = token.text;
    in_content_ = false;
  }
  if (field_ != "messages") return;
  if (token.depth == kMessageDepth) in_content_ = token.text == "content";
  const bool of_part = in_content_ && token.depth == kPartDepth;
  if (of_part) in_text_ = token.text == "text";
  if (of_part && token.text == "image_url") image_depth_ = token.depth;
  expects_url_ = image_depth_ != 0 && (token.depth == image_depth_ ||
                                       (token.depth == image_depth_ + 1 && token.text == "url"));
}

/// The value of `image_url`: a URL, or an object with one.
void DataUrls::take_image(const json::Token& token) {
  const bool is_whole = token.depth == image_depth_;
  if (is_whole && token.kind == Kind::object) {
    has_url_ = false;
    return;
  }
  if (expects_url_) {
    has_url_ = token.kind == Kind::string && token.text.starts_with("data:");
    if (!has_url_) found_ = true;
    expects_url_ = false;
  }
  if (!is_whole) return;
  if (!has_url_) found_ = true;
  image_depth_ = 0;
}

}  // namespace llf::gateway
