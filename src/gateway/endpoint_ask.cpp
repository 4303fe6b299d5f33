#include "gateway/endpoint_ask.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "json/json.hpp"
#include "log/log.hpp"
#include "net/retry_after.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <utility>

namespace llf::gateway {
namespace {

constexpr int kOk = 200;
constexpr int kBadRequest = 400;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kTooLarge = 413;
constexpr int kTooMany = 429;
constexpr int kServerErrors = 500;
constexpr int kBadGateway = 502;

/// Where the interface is behind an endpoint's URL, which has the "/v1" itself; nothing: servers
/// elsewhere do not have it.
std::optional<std::string> path_of(Api api) {
  constexpr std::string_view kVersion = "/v1";
  const auto path = facts_of(api).path;
  if (!path.starts_with(kVersion) || api == Api::count_tokens) return std::nullopt;
  return std::string(path.substr(kVersion.size()));
}

/// The message of an error answer, whatever its shape: {"error":{"message"}}, {"error":"…"},
/// {"message"}, {"detail"}.
std::string message_of(std::string_view body) {
  const auto value = json::parse(body);
  if (!value || !value->is_object()) return {};
  const auto& object = value->get_object();
  const auto* error = object.if_contains("error");
  if (error != nullptr && error->is_string()) return std::string(error->get_string());
  const auto& inner = error != nullptr && error->is_object() ? error->get_object() : object;
  for (const auto* name : {"message", "detail"}) {
    const auto* text = inner.if_contains(name);
    if (text != nullptr && text->is_string()) return std::string(text->get_string());
  }
  return {};
}

ErrorKind kind_of(int status) {
  switch (status) {
    case kNotFound:
      return ErrorKind::not_found;
    case kTooLarge:
      return ErrorKind::too_large;
    case kTooMany:
      return ErrorKind::rate_limited;
    case kUnauthorized:
    case kForbidden:
      return ErrorKind::upstream;  // between that server and us; not the client's doing
    default:
      return status >= kBadRequest && status < kServerErrors ? ErrorKind::invalid
                                                             : ErrorKind::upstream;
  }
}

/// One server's part in an order.
struct Attempt {
  std::optional<EngineAnswer> answer;
  ApiError error{Error{}};
  bool goes_on = false;  ///< another one may be asked
};

Attempt failed(remote::Use& use, const Error& error) {
  Attempt attempt{.answer = {}, .error = error, .goes_on = false};
  if (error.kind == ErrorKind::cancelled) return attempt;
  use.failed(error);
  attempt.goes_on = error.kind == ErrorKind::unavailable || error.kind == ErrorKind::upstream;
  return attempt;
}

Attempt refused(remote::Use& use, const net::ClientResponse& response, std::string_view body) {
  const int status = response.status();
  Attempt attempt{.answer = {},
                  .error = from_endpoint(use.name(), status, response.headers(), body),
                  .goes_on = true};
  switch (judge(status)) {
    case Judgement::busy:
      use.busy(attempt.error.retry_after.value_or(limits::kEndpointPause));
      break;
    case Judgement::elsewhere:
      use.failed(attempt.error.error);
      break;
    case Judgement::model:
      use.model_failed(attempt.error.error);
      break;
    case Judgement::answer:
      use.served();
      attempt.goes_on = false;
      break;
  }
  return attempt;
}

Task<Attempt> try_one(remote::Use use, const Order& order, std::string path) {
  auto body = body_for(order, use.settings().dialect);
  if (!body) co_return Attempt{.answer = {}, .error = body.error()};
  auto response =
      co_await use.ask(std::move(path), {.method = "POST",
                                         .headers = {{"Content-Type", "application/json"}},
                                         .body = *std::move(body)});
  if (!response) co_return failed(use, response.error());
  auto begun = co_await begin_answer(*response, order.form());
  if (!begun) {
    co_return failed(use, begun.error().with_context(fmt::format("the endpoint '{}'", use.name())));
  }
  if (response->status() != kOk) co_return refused(use, *response, *begun);
  use.served();
  co_return Attempt{.answer = EngineAnswer{.by = std::move(use),
                                           .response = *std::move(response),
                                           .status = kOk,
                                           .body = *std::move(begun)},
                    .error = Error{}};
}

}  // namespace

Judgement judge(int status) {
  if (status == kTooMany) return Judgement::busy;
  const bool refuses_us = status == kUnauthorized || status == kForbidden;
  if (refuses_us) return Judgement::elsewhere;
  return status >= kBadGateway ? Judgement::model : Judgement::answer;
}

ApiError from_endpoint(const std::string& endpoint, int status, const net::Headers& headers,
                       std::string_view body) {
  const auto own = std::string(cut_utf8(message_of(body), limits::kEngineMessage));
  const auto told = own.empty() ? "" : ": " + own;
  if (status == kUnauthorized || status == kForbidden) {
    return Error{.kind = kind_of(status),
                 .message = fmt::format("the endpoint '{0}' refuses llf's key ({1}): set "
                                        "endpoints.{0}.api_key",
                                        endpoint, status)};
  }
  ApiError error(
      Error{.kind = kind_of(status),
            .message = fmt::format("the endpoint '{}' answered {}{}", endpoint, status, told)});
  if (status == kNotFound) error.param = "model";
  if (const auto wait = headers.get("retry-after")) {
    error.retry_after = net::parse_retry_after(*wait);
  }
  return error;
}

Task<Asked> ask_elsewhere(const GatewayOptions& options, Order& order) {
  const auto path = path_of(order.request.api);
  if (!path) {
    co_return std::unexpected(ApiError(
        {.kind = ErrorKind::invalid,
         .message = fmt::format("{} is not there for a model of an endpoint, and '{}' is one",
                                order.api().path, order.target.name.str())},
        "model"));
  }
  auto& directory = options.elsewhere;
  const auto& model = *order.target.elsewhere;
  directory.retries().note_request();
  std::set<std::string> tried;
  std::optional<ApiError> last;
  for (;;) {
    auto use = directory.acquire(model, order.request.session, tried);
    if (!use) {
      if (last) co_return std::unexpected(*std::move(last));
      ApiError error = model_error(use.error());
      if (const auto pause = directory.pause(model)) {
        error.retry_after = std::chrono::ceil<std::chrono::seconds>(*pause);
      }
      co_return std::unexpected(std::move(error));
    }
    const auto name = use->name();
    auto attempt = co_await try_one(*std::move(use), order, *path);
    if (attempt.answer) {
      order.served_by = name;
      co_return *std::move(attempt.answer);
    }
    tried.insert(name);
    if (!attempt.goes_on || !directory.retries().take()) {
      co_return std::unexpected(std::move(attempt.error));
    }
    log::warn("gateway", "asking elsewhere for {}: {}", order.target.name.str(),
              attempt.error.error.message);
    last = std::move(attempt.error);
  }
}

}  // namespace llf::gateway
