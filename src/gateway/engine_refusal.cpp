#include "gateway/engine_refusal.hpp"

#include "base/ascii.hpp"
#include "base/limits.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace llf::gateway {
namespace {

constexpr int kBadRequest = 400;
constexpr int kServerError = 500;

/// Words of llama-server, and what they mean to a client.
struct Known {
  std::string_view words;
  std::string_view param;
  std::string_view message;
};

constexpr std::array kKnown{
    Known{"image input is not supported", "messages",
          "this model cannot see: it takes text only. Ask a model that has a projector (mmproj), "
          "or leave the image out"},
    Known{"audio input is not supported", "messages",
          "this model cannot hear: ask one that has a projector (mmproj) for sound, or leave the "
          "sound out"},
    Known{"video input is not supported", "messages",
          "this model cannot see: ask one that has a projector (mmproj), or leave the video out"},
    Known{"failed to parse tool call arguments", "messages",
          "'arguments' of a tool call in 'messages' must be a string that is JSON"},
    Known{"failed to parse messages", "messages",
          "'messages' has a message, or a part of its content, that lacks a field or has one of a "
          "wrong type"},
    Known{"failed to parse tools", "tools",
          "'tools' has one that is none: each needs 'type' (\"function\") and a 'function' with "
          "'name' and, where it takes any, 'parameters'"},
};

/// What else says that the input is wrong.
constexpr std::array<std::string_view, 5> kVague{"failed to parse", "parse error", "invalid",
                                                 "unsupported", "not supported"};

/// The number behind `before` in `text`.
std::optional<std::int64_t> number_behind(std::string_view text, std::string_view before) {
  const auto at = text.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + before.size());
  return parse_number<std::int64_t>(text.substr(0, text.find_first_not_of("0123456789")));
}

ApiError invalid(std::string message, std::string_view param, std::string_view code = {}) {
  return {{.kind = ErrorKind::invalid, .message = std::move(message)}, param, code};
}

std::optional<ApiError> too_long(std::string_view words, std::string_view param) {
  const auto tokens = number_behind(words, "input (");
  const auto most = number_behind(words, "current batch size: ");
  if (!tokens || !most || !words.contains("too large")) return std::nullopt;
  return invalid(fmt::format("a text has {} tokens, and this model takes {} at once: shorten it, "
                             "or cut it into parts",
                             *tokens, *most),
                 param, "context_length_exceeded");
}

/// "Field 'n': Value must be between 1 <= value <= 2, but got 3".
std::optional<ApiError> wrong_field(std::string_view message) {
  constexpr std::string_view kField = "Field '";
  if (!message.starts_with(kField)) return std::nullopt;
  const auto rest = message.substr(kField.size());
  const auto name = rest.substr(0, rest.find('\''));
  const auto most = number_behind(rest, "<= value <= ");
  if (name == "n" && most) {
    return invalid(fmt::format("'n' may be {} at most for this model: it answers as many requests "
                               "at once (engine.slots of the settings)",
                               *most),
                   name);
  }
  return invalid(std::string(cut_utf8(message, limits::kEngineMessage)), name);
}

}  // namespace

std::string engine_words(std::string_view body) {
  const auto value = json::parse(body);
  const auto* object = value ? value->if_object() : nullptr;
  const auto* error = object == nullptr ? nullptr : object->if_contains("error");
  const auto* fields = error == nullptr ? nullptr : error->if_object();
  const auto* message = fields == nullptr ? nullptr : fields->if_contains("message");
  const bool is_told = message != nullptr && message->is_string();
  return std::string(
      cut_utf8(is_told ? std::string_view(message->get_string()) : body, limits::kEngineMessage));
}

std::optional<ApiError> engine_refusal(Api api, int status, std::string_view body) {
  if (status != kBadRequest && status != kServerError) return std::nullopt;
  const auto message = engine_words(body);
  if (auto refused = wrong_field(message); refused && status == kBadRequest) return refused;
  const auto words = ascii_lower(message);
  if (auto refused = too_long(words, facts_of(api).required)) return refused;
  if (status == kBadRequest) return std::nullopt;  // told in the engine's words
  for (const auto& known : kKnown) {
    if (words.contains(known.words)) return invalid(std::string(known.message), known.param);
  }
  if (api == Api::detokenize && words.contains("range_check")) {
    return invalid("'tokens' has a number that is no token of this model", "tokens");
  }
  const bool is_input = std::ranges::any_of(kVague, [&](auto one) { return words.contains(one); });
  if (!is_input) return std::nullopt;
  return invalid(
      "the engine cannot read this request: something in it is malformed or not supported by this "
      "model; `llf server logs` has the engine's words",
      "");
}

}  // namespace llf::gateway
