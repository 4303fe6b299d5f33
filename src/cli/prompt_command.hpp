#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "prompt/library.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kPromptCreateOptions{
    OptionSpec{.name = "--from", .short_name = "", .value = "NAME"},
    OptionSpec{.name = "--system", .short_name = "-s", .value = "TEXT"},
    OptionSpec{.name = "--description", .short_name = "", .value = "TEXT"},
};

inline constexpr std::array kPromptImportOptions{
    OptionSpec{.name = "--name", .short_name = "", .value = "NAME"},
    OptionSpec{.name = "--replace", .short_name = "", .value = ""},
};

inline constexpr std::array kPromptExportOptions{
    OptionSpec{.name = "--replace", .short_name = "", .value = ""},
};

/// The templates of this user and those that came with llf. Errors: those of os::executable_path.
[[nodiscard]] Expected<prompt::Library> prompt_library(const Context& context);

/// llf prompt list: all of them, with what is wrong with those that cannot be read.
[[nodiscard]] Expected<int> run_prompt_list(Context& context, const Arguments& arguments);

/// llf prompt show NAME: one of them, as llf writes it.
[[nodiscard]] Expected<int> run_prompt_show(Context& context, const Arguments& arguments);

/// llf prompt create NAME: a new one, empty or made of another.
[[nodiscard]] Expected<int> run_prompt_create(Context& context, const Arguments& arguments);

/// llf prompt delete NAME: one of the user's own, which is kept in backups/.
[[nodiscard]] Expected<int> run_prompt_delete(Context& context, const Arguments& arguments);

/// llf prompt import FILE|FOLDER: a file of ours, or what the Python llf had.
[[nodiscard]] Expected<int> run_prompt_import(Context& context, const Arguments& arguments);

/// llf prompt export NAME [FILE]: to a file, or to standard output.
[[nodiscard]] Expected<int> run_prompt_export(Context& context, const Arguments& arguments);

}  // namespace llf::cli
