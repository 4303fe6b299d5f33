#pragma once

#include "base/expected.hpp"
#include "hub/download.hpp"
#include "hub/downloads.hpp"
#include "json/json.hpp"

namespace llf::gateway {

/// A plan and a download as docs/reference/control-api.md describes them.
[[nodiscard]] json::Object plan_json(const hub::DownloadPlan& plan);
[[nodiscard]] json::Object download_json(const hub::DownloadStatus& status);

/// What the body of POST /llf/v1/downloads asks for, on any machine; `endpoint` is ours, where the
/// body names no other. Errors: `invalid`.
[[nodiscard]] Expected<hub::DownloadRequest> read_download_request(const json::Object& body,
                                                                   hub::Endpoint endpoint);

/// `endpoint` with the URL and token that a body has instead. A token of ours never goes to an
/// endpoint of a body's. Errors: `invalid`.
[[nodiscard]] Expected<hub::Endpoint> read_endpoint(const json::Object& body,
                                                    hub::Endpoint endpoint);

}  // namespace llf::gateway
