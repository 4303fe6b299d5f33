#include "gateway/chat_request.hpp"

#include "json/json.hpp"

#include <fmt/format.h>

#include <array>
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

bool is_remote_image(const json::Value& part) {
  const auto* object = part.if_object();
  const auto* image = object == nullptr ? nullptr : object->if_contains("image_url");
  if (image == nullptr) return false;
  const auto* url = image->is_object() ? image->get_object().if_contains("url") : image;
  return url == nullptr || !url->is_string() ||
         !std::string_view(url->get_string()).starts_with("data:");
}

bool has_remote_image(const json::Object& body) {
  const auto* messages = body.if_contains("messages");
  if (messages == nullptr || !messages->is_array()) return false;
  for (const auto& message : messages->get_array()) {
    const auto* object = message.if_object();
    const auto* content = object == nullptr ? nullptr : object->if_contains("content");
    if (content == nullptr || !content->is_array()) continue;
    for (const auto& part : content->get_array()) {
      if (is_remote_image(part)) return true;
    }
  }
  return false;
}

}  // namespace

std::expected<ChatRequest, ApiError> read_chat_request(std::string_view body) {
  auto value = json::parse(body);
  if (!value) {
    return std::unexpected(ApiError(value.error().with_context("the body is not valid JSON")));
  }
  const auto* object = value->if_object();
  if (object == nullptr) return refuse("the body must be a JSON object", "");
  const auto* messages = object->if_contains("messages");
  if (messages == nullptr || !messages->is_array() || messages->get_array().empty()) {
    return refuse("'messages' must be a list with at least one message", "messages");
  }
  for (const auto field : kEngineOnly) {
    if (object->contains(field)) {
      return refuse(fmt::format("'{}' is a field of the engine that this API does not accept; "
                                "leave it out",
                                field),
                    field);
    }
  }
  if (has_remote_image(*object)) {
    return refuse("an image must be given as a data: URL; nothing is fetched from elsewhere",
                  "messages");
  }
  auto model = json::get_string_or(*object, "model", "");
  if (!model) return std::unexpected(ApiError(model.error(), "model"));
  auto stream = json::get_flag(*object, "stream");
  if (!stream) return std::unexpected(ApiError(stream.error(), "stream"));
  return ChatRequest{.model = ModelId(*std::move(model)), .stream = *stream};
}

}  // namespace llf::gateway
