#include "hub/endpoint.hpp"

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "hub/http_status.hpp"
#include "net/retry_after.hpp"
#include "os/atomic_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace llf::hub {
namespace {

constexpr std::string_view kPublicHub = "https://huggingface.co";

std::string first_line(std::string text) {
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  return text;
}

/// Of the first that is set, as the hub's own clients look for it.
std::string find_token(const os::Environment& env) {
  for (const auto* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
    if (const auto token = env(name)) return first_line(*token);
  }
  std::filesystem::path path;
  if (const auto named = env("HF_TOKEN_PATH")) {
    path = *named;
  } else if (const auto home = env("HF_HOME")) {
    path = std::filesystem::path(*home) / "token";
  } else if (const auto cache = env("XDG_CACHE_HOME")) {
    path = std::filesystem::path(*cache) / "huggingface/token";
  } else if (const auto user = env("HOME")) {
    path = std::filesystem::path(*user) / ".cache/huggingface/token";
  }
  if (!path.is_absolute()) return {};
  auto text = os::read_file(path, limits::kHubToken);
  return text ? first_line(*std::move(text)) : std::string();
}

bool is_on(const std::optional<std::string>& flag) {
  return flag && *flag != "0" && *flag != "false" && *flag != "no" && *flag != "off";
}

std::string hint_for_token(const Endpoint& endpoint) {
  return endpoint.token.empty()
             ? "set HF_TOKEN to a token of yours (its page under Settings, Access Tokens)"
             : "the token that is set does not allow it";
}

}  // namespace

Error gated_error(const Url& file, const Endpoint& endpoint) {
  return {.kind = ErrorKind::forbidden,
          .message = fmt::format("the model is gated: accept its terms at {}, and {}",
                                 file.shown().substr(0, file.shown().find("/resolve/")),
                                 hint_for_token(endpoint))};
}

namespace {

Error error_by_code(std::string_view code, const Url& url, const Endpoint& endpoint) {
  if (code == "GatedRepo") return gated_error(url, endpoint);
  if (code == "RepoNotFound") {
    return {.kind = ErrorKind::not_found,
            .message =
                fmt::format("{} has no such repository, or it is private: check its name{}",
                            endpoint.url.str(), endpoint.token.empty() ? ", or set HF_TOKEN" : "")};
  }
  if (code == "RevisionNotFound") {
    return {.kind = ErrorKind::not_found,
            .message =
                "the repository has no such branch, tag or commit: check what stands behind "
                "the @ of its name"};
  }
  return {.kind = ErrorKind::not_found, .message = fmt::format("{} is not there", url.shown())};
}

/// When to come again, as far as an answer says it.
std::string later_text(const HttpHead& head) {
  const auto field = head.field("retry-after");
  const auto wait = field ? net::parse_retry_after(*field) : std::nullopt;
  return wait ? fmt::format("in {} s", wait->count()) : "later";
}

/// What a try came to, and how long the server asks us to wait before the next.
struct Tried {
  Expected<HttpAnswer> answer;
  std::chrono::seconds wait{};
};

/// Asks once, and where that redirects to.
Tried try_ask(const Session& session, Url url, const std::vector<std::string>& fields,
              std::optional<ByteSize> enough) {
  const auto& endpoint = session.endpoint;
  for (int hops = 0; hops <= limits::kHubRedirects; ++hops) {
    auto own = credentials(endpoint, url);
    own.insert(own.end(), fields.begin(), fields.end());
    auto answer = http_get(
        session.connections,
        {.url = url, .fields = std::move(own), .limit = limits::kHubAnswer, .enough = enough},
        session.stop);
    if (!answer) return {.answer = failure(answer.error())};
    const auto& head = answer->head;
    if (head.status >= http_status::kBad) {
      return {.answer = failure(answer_error(head, url, endpoint)),
              .wait = retry_after(head).value_or(std::chrono::seconds())};
    }
    if (!is_redirect(head.status)) return {.answer = *std::move(answer)};
    auto next = follow(url, head);
    if (!next) return {.answer = failure(next.error())};
    url = *std::move(next);
  }
  return {.answer =
              failure(ErrorKind::upstream, fmt::format("{} redirects too often", url.shown()))};
}

bool may_pass(const Error& error) {
  return error.kind == ErrorKind::unavailable || error.kind == ErrorKind::timeout;
}

Expected<void> pause(const Session& session, Duration time) {
  const auto end = mono_now() + time;
  while (mono_now() < end) {
    if (session.stop.stop_requested()) return failure(ErrorKind::cancelled, "stopped");
    static_cast<void>(session.connections.wait(limits::kTransferStep));
  }
  return {};
}

}  // namespace

Expected<Endpoint> find_endpoint(const os::Environment& env, const std::optional<Url>& named) {
  const auto own = Url::parse(env("HF_ENDPOINT").value_or(std::string(kPublicHub)));
  if (!own && !named) {
    return failure(own.error().with_context("HF_ENDPOINT, which llfd was started with"));
  }
  Endpoint endpoint{
      .url = named ? *named : *own, .token = {}, .offline = is_on(env("HF_HUB_OFFLINE"))};
  if (own && own->origin() == endpoint.url.origin()) endpoint.token = find_token(env);
  return endpoint;
}

Error answer_error(const HttpHead& head, const Url& url, const Endpoint& endpoint) {
  const auto code = head.field("x-error-code").value_or("");
  if (!code.empty() && head.status < http_status::kServerError)
    return error_by_code(code, url, endpoint);
  switch (head.status) {
    case http_status::kUnauthorized:
    case http_status::kForbidden:
      return {.kind = ErrorKind::forbidden,
              .message = fmt::format("{} refuses it (HTTP {}): {}", url.shown(), head.status,
                                     hint_for_token(endpoint))};
    case http_status::kNotFound:
      return {.kind = ErrorKind::not_found, .message = fmt::format("{} is not there", url.shown())};
    case http_status::kTooMany:
      return {.kind = ErrorKind::unavailable,
              .message = fmt::format("{} has too many requests (HTTP 429): try again {}",
                                     url.origin(), later_text(head))};
    default:
      const bool later =
          head.status >= http_status::kServerError || head.status == http_status::kRequestTimeout;
      return {.kind = later ? ErrorKind::unavailable : ErrorKind::upstream,
              .message = fmt::format("{} answers HTTP {}", url.shown(), head.status)};
  }
}

std::vector<std::string> credentials(const Endpoint& endpoint, const Url& url) {
  if (endpoint.token.empty() || url.origin() != endpoint.url.origin()) return {};
  return {"Authorization: Bearer " + endpoint.token};
}

bool is_redirect(int status) {
  constexpr std::array<int, 5> kRedirects{301, 302, 303, 307, 308};
  return std::ranges::find(kRedirects, status) != kRedirects.end();
}

Expected<Url> follow(const Url& from, const HttpHead& head) {
  const auto location = head.field("location");
  if (!location) {
    return failure(ErrorKind::upstream,
                   fmt::format("{} redirects without saying where", from.shown()));
  }
  auto to = from.resolve(*location);
  if (!to) {
    return failure(ErrorKind::upstream, fmt::format("{} redirects to what is no place to download "
                                                    "from: {}",
                                                    from.shown(), to.error().message));
  }
  if (from.encrypted() && !to->encrypted()) {
    return failure(
        ErrorKind::upstream,
        fmt::format("{} redirects from https to http, which is not followed", from.shown()));
  }
  return to;
}

std::optional<std::chrono::seconds> retry_after(const HttpHead& head) {
  const auto text = head.field("retry-after");
  const auto wait = text ? net::parse_retry_after(*text) : std::nullopt;
  if (!wait) return std::nullopt;
  return std::min(*wait, std::chrono::seconds(limits::kHubRetryMost));
}

Expected<HttpAnswer> ask(const Session& session, Url url, const std::vector<std::string>& fields,
                         std::optional<ByteSize> enough) {
  if (session.endpoint.offline) {
    return failure(ErrorKind::unavailable, "HF_HUB_OFFLINE is set: nothing is downloaded");
  }
  const auto last = mono_now() + limits::kHubPatience;
  for (int tries = 1;; ++tries) {
    auto [answer, wanted] = try_ask(session, url, fields, enough);
    const auto wait = std::max<Duration>(limits::kTransferBackoff * (1U << (tries - 1)), wanted);
    const bool again = !answer && may_pass(answer.error()) && tries < limits::kHubTries &&
                       mono_now() + wait <= last;
    if (!again) return std::move(answer);
    if (auto waited = pause(session, wait); !waited) return failure(waited.error());
  }
}

}  // namespace llf::hub
