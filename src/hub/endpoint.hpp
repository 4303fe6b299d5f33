#pragma once

#include "hub/http.hpp"
#include "os/paths.hpp"
#include "url/url.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace llf::hub {

/// A hub, and what we may say to it.
struct Endpoint {
  Url url;               ///< "https://huggingface.co"
  std::string token;     ///< secret; empty: none. It goes to this URL's origin only (SEC-33)
  bool offline = false;  ///< HF_HUB_OFFLINE: nothing is asked of it
};

/// The endpoint as all programs for the hub find it: HF_ENDPOINT, else the public hub; the token of
/// HF_TOKEN, else of the file HF_TOKEN_PATH, else $HF_HOME/token, else
/// ~/.cache/huggingface/token. `named` stands in for HF_ENDPOINT; a token of ours goes to none of
/// another origin. Errors: `invalid` for an HF_ENDPOINT that is no URL, where it counts. Reads a
/// file.
[[nodiscard]] Expected<Endpoint> find_endpoint(const os::Environment& env,
                                               const std::optional<Url>& named = {});

/// What every question to a hub needs. All of it outlives the question.
struct Session {
  Connections& connections;
  const Endpoint& endpoint;
  const std::stop_token& stop;
};

/// A small answer of the endpoint or of where it redirects to. What fails and may pass is tried
/// again, limits::kHubTries times, with the pauses that a server asks for. Errors: those of
/// http_get; `unavailable` when it is offline; what a status of 400 and more means, in the words of
/// answer_error; `upstream` for too many redirects. Blocks.
/// `fields` go along to every one of them. Of a body longer than `enough` only that is read.
[[nodiscard]] Expected<HttpAnswer> ask(const Session& session, Url url,
                                       const std::vector<std::string>& fields = {},
                                       std::optional<ByteSize> enough = {});

/// What a file takes whose repository is gated: terms to accept, and a token. Pure.
[[nodiscard]] Error gated_error(const Url& file, const Endpoint& endpoint);

/// What a refusal of a hub means and what to do about it. Pure.
[[nodiscard]] Error answer_error(const HttpHead& head, const Url& url, const Endpoint& endpoint);

/// The fields that a request to `url` gets: the token, where it belongs. Pure.
[[nodiscard]] std::vector<std::string> credentials(const Endpoint& endpoint, const Url& url);

/// Whether a status is a redirect that is followed. Pure.
[[nodiscard]] bool is_redirect(int status);

/// Where a redirect leads. Errors: `upstream`: it says nowhere, to no URL, or from https to http.
/// Pure.
[[nodiscard]] Expected<Url> follow(const Url& from, const HttpHead& head);

/// How long an answer asks to wait (RFC 9110, 10.2.3, in seconds); nothing when it does not say.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const HttpHead& head);

}  // namespace llf::hub
