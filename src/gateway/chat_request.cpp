#include "gateway/chat_request.hpp"

#include "config/inference.hpp"
#include "json/skim.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace llf::gateway {
namespace {

/// Fields that llama-server reads from a request and that reach into its memory or other slots.
constexpr std::array<std::string_view, 5> kEngineOnly{"n_discard", "n_keep", "id_slot", "lora",
                                                      "n_cmpl"};

std::unexpected<ApiError> refuse(std::string message, std::string_view param) {
  return std::unexpected(
      ApiError({.kind = ErrorKind::invalid, .message = std::move(message)}, param));
}

/// Fields that bind the answer to a form.
constexpr std::array<std::string_view, 3> kForms{"response_format", "json_schema", "grammar"};

/// Picks out of a body, as it is read, what a ChatRequest is made of and what is refused: bodies
/// are large, and a tree of one is many times larger.
class BodyReader {
 public:
  void take(const json::Token& token) {
    if (token.kind == json::Token::Kind::key) {
      take_key(token);
    } else {
      take_value(token);
    }
  }

  [[nodiscard]] std::expected<ChatRequest, ApiError> request() const {
    if (!is_object_) return refuse("the body must be a JSON object", "");
    if (messages_ == 0) {
      return refuse("'messages' must be a list with at least one message", "messages");
    }
    if (!engine_only_.empty()) {
      return refuse(fmt::format("'{}' is a field of the engine that this API does not accept; "
                                "leave it out",
                                engine_only_),
                    engine_only_);
    }
    if (remote_image_) {
      return refuse("an image must be given as a data: URL; nothing is fetched from elsewhere",
                    "messages");
    }
    if (!model_) return refuse("'model' must be a string", "model");
    if (!stream_) return refuse("'stream' must be true or false", "stream");
    ChatRequest request{.model = ModelId(*model_),
                        .messages = messages_,
                        .stream = *stream_,
                        .constrained = constrained_,
                        .given = {}};
    for (const auto& value : values_) {
      if (!value.is_null) request.given.push_back(value.member);
    }
    return request;
  }

 private:
  using Kind = json::Token::Kind;

  /// A value of config::Inference.
  struct Value {
    std::string key;  ///< as the body has it
    std::string_view member;
    bool is_null = false;
  };

  // Of the keys in {"messages":[{…}]} and in {"messages":[{"content":[{…}]}]}.
  static constexpr std::size_t kMessageDepth = 3;
  static constexpr std::size_t kPartDepth = 5;

  void take_key(const json::Token& token) {
    if (token.depth == 1) {
      field_ = token.text;
      const auto* refused = std::ranges::find(kEngineOnly, field_);
      if (refused != kEngineOnly.end()) engine_only_ = *refused;
    }
    if (field_ != "messages") return;
    if (token.depth == kMessageDepth) in_content_ = token.text == "content";
    const bool of_part = in_content_ && token.depth == kPartDepth;
    if (of_part && token.text == "image_url") image_depth_ = token.depth;
    expects_url_ = image_depth_ != 0 && (token.depth == image_depth_ ||
                                         (token.depth == image_depth_ + 1 && token.text == "url"));
  }

  void take_value(const json::Token& token) {
    if (token.depth == 0) is_object_ = token.kind == Kind::object || token.kind == Kind::object_end;
    if (token.depth == 1) take_field(token);
    if (token.depth == 2 && field_ == "messages" && in_list_ && !is_end(token.kind)) ++messages_;
    if (image_depth_ != 0) take_image(token);
  }

  void take_field(const json::Token& token) {
    if (is_end(token.kind)) return;
    take_inference(token.kind);
    if (std::ranges::find(kForms, field_) != kForms.end()) {
      constrained_ = constrained_ || token.kind != Kind::null_value;
    }
    if (field_ == "messages") {
      in_list_ = token.kind == Kind::array;
      messages_ = 0;
    } else if (field_ == "model") {
      model_.reset();
      if (token.kind == Kind::string) model_ = token.text;
      if (token.kind == Kind::null_value) model_ = "";
    } else if (field_ == "stream") {
      stream_.reset();
      if (token.kind == Kind::true_value) stream_ = true;
      if (token.kind == Kind::false_value || token.kind == Kind::null_value) stream_ = false;
    }
  }

  void take_inference(Kind kind) {
    const auto member = config::request_member(field_);
    if (member.empty()) return;
    const bool is_null = kind == Kind::null_value;
    const auto known = std::ranges::find(values_, field_, &Value::key);
    if (known != values_.end()) {
      known->is_null = is_null;
    } else {
      values_.push_back({.key = field_, .member = member, .is_null = is_null});
    }
  }

  /// The value of `image_url`: a URL, or an object with one. The engine would fetch what is not in
  /// the request itself.
  void take_image(const json::Token& token) {
    const bool is_whole = token.depth == image_depth_;
    if (is_whole && token.kind == Kind::object) {
      has_url_ = false;
      return;
    }
    if (expects_url_) {
      has_url_ = token.kind == Kind::string && token.text.starts_with("data:");
      if (!has_url_) remote_image_ = true;
      expects_url_ = false;
    }
    if (!is_whole) return;
    if (!has_url_) remote_image_ = true;
    image_depth_ = 0;
  }

  static bool is_end(Kind kind) { return kind == Kind::object_end || kind == Kind::array_end; }

  bool is_object_ = false;
  std::string field_;          ///< of the body, whose value is being read
  std::vector<Value> values_;  ///< each key once
  bool in_list_ = false;
  std::size_t messages_ = 0;
  std::string_view engine_only_;
  std::optional<std::string> model_ = "";  ///< nothing: of a wrong type
  std::optional<bool> stream_ = false;
  bool constrained_ = false;
  bool in_content_ = false;      ///< of a message
  std::size_t image_depth_ = 0;  ///< of the `image_url` whose value is being read; 0: of none
  bool expects_url_ = false;
  bool has_url_ = false;
  bool remote_image_ = false;
};

}  // namespace

std::expected<ChatRequest, ApiError> read_chat_request(std::string_view body) {
  BodyReader reader;
  const auto read = json::skim(body, [&](const json::Token& token) { reader.take(token); });
  if (!read) {
    return std::unexpected(ApiError(read.error().with_context("the body is not valid JSON")));
  }
  return reader.request();
}

}  // namespace llf::gateway
