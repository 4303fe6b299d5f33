#pragma once

#include "base/expected.hpp"
#include "hub/download.hpp"
#include "hub/downloads.hpp"
#include "json/json.hpp"
#include "url/url.hpp"

#include <functional>
#include <optional>

namespace llf::gateway {

/// A plan and a download as docs/reference/control-api.md describes them.
[[nodiscard]] json::Object plan_json(const hub::DownloadPlan& plan);
[[nodiscard]] json::Array sources_json(const hub::DownloadPlan& plan);
[[nodiscard]] json::Object download_json(const hub::DownloadStatus& status);

/// The hub at a URL, or ours where none is named: see hub::find_endpoint.
using HubOf = std::function<Expected<hub::Endpoint>(const std::optional<Url>& named)>;

/// What the body of POST /llf/v1/downloads asks for, on any machine. Errors: `invalid`, also for a
/// hub of ours that is needed.
[[nodiscard]] Expected<hub::DownloadRequest> read_download_request(const json::Object& body,
                                                                   const HubOf& hub);

/// The hub and token that a body names; ours where it names none. Errors: the same.
[[nodiscard]] Expected<hub::Endpoint> read_endpoint(const json::Object& body, const HubOf& hub);

}  // namespace llf::gateway
