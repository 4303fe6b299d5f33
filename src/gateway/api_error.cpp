#include "gateway/api_error.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"
#include "json/json.hpp"
#include "sse/writer.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

namespace llf::gateway {
namespace {

json::Value error_object(const ApiError& error) {
  const auto& row = facts(error.error.kind);
  json::Object object;
  object["message"] = error.error.message;
  object["type"] = row.openai_type;
  object["param"] = error.param.empty() ? json::Value(nullptr) : json::Value(error.param);
  object["code"] = error.code.empty() ? json::Value(row.name) : json::Value(error.code);
  return json::Object{{"error", std::move(object)}};
}

ErrorKind kind_of_status(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorKind::internal;  // between the engine and us; not the client's doing
    case 404:
      return ErrorKind::not_found;
    case 413:
      return ErrorKind::too_large;
    case 503:
      return ErrorKind::unavailable;
    default:
      return status >= 400 && status < 500 ? ErrorKind::invalid : ErrorKind::upstream;
  }
}

/// The object of an engine's error; empty when there is none.
json::Object engine_error(std::string_view body) {
  const auto value = json::parse(body);
  if (!value || !value->is_object()) return {};
  const auto* error = value->get_object().if_contains("error");
  return error != nullptr && error->is_object() ? error->get_object() : json::Object();
}

/// How long a worker says that it is not tried again: the words are worker::circuit_open's.
std::optional<std::chrono::seconds> told_wait(std::string_view message) {
  constexpr std::string_view kBefore = " is not tried again for ";
  const auto at = message.find(kBefore);
  if (at == std::string_view::npos) return std::nullopt;
  message.remove_prefix(at + kBefore.size());
  const auto end = message.find_first_not_of("0123456789");
  if (end == std::string_view::npos || !message.substr(end).starts_with(" s")) return std::nullopt;
  const auto seconds = parse_number<std::int64_t>(message.substr(0, end));
  return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

/// As OpenAI names it.
ApiError prompt_too_long(const json::Object& error) {
  const auto tokens = json::get_int_or(error, "n_prompt_tokens", 0).value_or(0);
  const auto context = json::get_int_or(error, "n_ctx", 0).value_or(0);
  return {{.kind = ErrorKind::invalid,
           .message = fmt::format("the prompt has {} tokens, and the model's context holds {}: "
                                  "shorten it, or set engine.context (or the profile's) higher",
                                  tokens, context)},
          "",
          "context_length_exceeded"};
}

}  // namespace

int status_of(const ApiError& error) {
  return facts(error.error.kind).http_status;
}

std::string error_body(const ApiError& error) {
  return json::write(error_object(error));
}

std::string error_event(const ApiError& error) {
  return "\n\n" + sse::event(error_body(error));
}

ApiError stopping_error() {
  return Error{.kind = ErrorKind::unavailable, .message = "llf is being stopped"};
}

ApiError model_error(Error error) {
  if (error.kind == ErrorKind::unavailable) {
    const auto wait = told_wait(error.message);
    ApiError told(std::move(error));
    told.retry_after = wait;
    return told;
  }
  if (error.kind != ErrorKind::not_found) return error;
  return {std::move(error), "model", "model_not_found"};
}

ApiError from_engine(int status, std::string_view body) {
  const auto kind = kind_of_status(status);
  if (kind != ErrorKind::invalid && kind != ErrorKind::too_large) {
    return Error{
        .kind = kind,
        .message = fmt::format("the engine answered {}; `llf server logs` may say why", status)};
  }
  const auto refusal = engine_error(body);
  if (json::get_string_or(refusal, "type", "").value_or("") == "exceed_context_size_error") {
    return prompt_too_long(refusal);
  }
  auto message = json::get_string_or(refusal, "message", "").value_or("");
  if (message.empty()) message = fmt::format("the engine refused the request ({})", status);
  return Error{.kind = kind, .message = std::string(cut_utf8(message, limits::kEngineMessage))};
}

}  // namespace llf::gateway
