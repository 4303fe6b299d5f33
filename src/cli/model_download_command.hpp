#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "json/json.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kModelDownloadOptions{
    OptionSpec{.name = "--dry-run", .short_name = "-n", .value = ""},
    OptionSpec{.name = "--sha256", .short_name = "", .value = "HEX"},
    OptionSpec{.name = "--mirror", .short_name = "", .value = "URL[,URL]"},
};

inline constexpr std::array kModelDownloadsOptions{
    OptionSpec{.name = "--stop", .short_name = "", .value = "MODEL"},
    OptionSpec{.name = "--discard", .short_name = "", .value = "MODEL"},
};

inline constexpr std::array kModelSearchOptions{
    OptionSpec{.name = "--limit", .short_name = "", .value = "N"},
};

/// llf model download NAME: the daemon fetches it; this watches, and may leave.
[[nodiscard]] Expected<int> run_model_download(Context& context, const Arguments& arguments);

/// Asks for a download and watches it; a signal leaves it to the daemon.
[[nodiscard]] Expected<int> download(Context& context, const client::ApiClient& client,
                                     json::Object body);

/// llf model downloads: those that run, and what became of others.
[[nodiscard]] Expected<int> run_model_downloads(Context& context, const Arguments& arguments);

/// llf model search QUERY: repositories of the hub that have GGUF files.
[[nodiscard]] Expected<int> run_model_search(Context& context, const Arguments& arguments);

}  // namespace llf::cli
