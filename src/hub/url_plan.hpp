#pragma once

#include "hub/download.hpp"

#include <stop_token>

namespace llf::hub {

/// What a request for a file of a server that is no hub comes to. Errors: `invalid` for what names
/// no model that can be had so; `conflict` for another file of its name; those of ask. Blocks.
[[nodiscard]] Expected<DownloadPlan> plan_url(const DownloadRequest& request, const Url& url,
                                              const DownloadPlaces& places,
                                              const std::stop_token& stop);

}  // namespace llf::hub
