#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>
#include <filesystem>

namespace llf::cli {

inline constexpr std::array kModelImportOptions{
    OptionSpec{.name = "--copy", .short_name = "", .value = ""},
    OptionSpec{.name = "--arguments", .short_name = "", .value = ""},
};

/// llf model import FILE|FOLDER: makes models, or a bundle of llf model export, a part of llf's
/// own.
[[nodiscard]] Expected<int> run_model_import(Context& context, const Arguments& arguments);

/// The same of an absolute path.
[[nodiscard]] Expected<int> import_path(Context& context, const std::filesystem::path& path,
                                        const Arguments& arguments);

}  // namespace llf::cli
