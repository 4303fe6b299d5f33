#pragma once

#include "cli/context.hpp"
#include "client/api_client.hpp"

namespace llf::cli {

/// Says once in a home, on a terminal, in two lines, that only the built-in model is here and which
/// one to download: the first of `llf model recommend`. Says nothing when there are others, or when
/// that cannot be found out. Returns after about a second at most.
void suggest_model(Context& context, const client::ApiClient& client);

}  // namespace llf::cli
