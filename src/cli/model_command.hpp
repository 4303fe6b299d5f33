#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "json/json.hpp"

#include <array>
#include <filesystem>
#include <string>

namespace llf::cli {

inline constexpr std::array kModelInfoOptions{
    OptionSpec{.name = "--template", .short_name = "", .value = ""},
    OptionSpec{.name = "--compare", .short_name = "", .value = ""},
};

/// What names a model to the daemon, whose current folder is another one: the first word, a file by
/// its whole path unless it is one of a server. Empty without a word. Errors: those of
/// os::whole_path.
[[nodiscard]] Expected<std::string> model_or_file(const Arguments& arguments);

/// A path as a body tells it to the daemon. Errors: `invalid` for one that is no UTF-8, which JSON
/// cannot say. Pure.
[[nodiscard]] Expected<std::string> told_path(const std::filesystem::path& path);

/// What this terminal's environment says of the hub, for the body of a request: it may be another
/// one than the daemon's.
void add_hub(json::Object& body);

/// llf model info [NAME|FILE]: what a model is, as its files say; its template compared with that
/// of the model that it was made from, when the hub is to be asked for it.
[[nodiscard]] Expected<int> run_model_info(Context& context, const Arguments& arguments);

/// llf model where [NAME]: the files of a model; without a name, where models are looked for.
[[nodiscard]] Expected<int> run_model_where(Context& context, const Arguments& arguments);

}  // namespace llf::cli
