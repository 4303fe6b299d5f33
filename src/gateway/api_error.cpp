#include "gateway/api_error.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "json/json.hpp"
#include "sse/writer.hpp"

#include <fmt/format.h>

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

std::string message_of(std::string_view body) {
  const auto value = json::parse(body);
  if (!value || !value->is_object()) return {};
  const auto* error = value->get_object().if_contains("error");
  if (error == nullptr || !error->is_object()) return {};
  return json::get_string_or(error->get_object(), "message", "").value_or("");
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
  auto message = message_of(body);
  if (message.empty()) message = fmt::format("the engine refused the request ({})", status);
  return Error{.kind = kind, .message = std::string(cut_utf8(message, limits::kEngineMessage))};
}

}  // namespace llf::gateway
