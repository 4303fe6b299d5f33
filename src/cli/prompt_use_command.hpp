#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kPromptPreviewOptions{
    OptionSpec{.name = "--model", .short_name = "-m", .value = "NAME"},
};

/// llf prompt use [NAME|none]: the template of llf's own chats, in the settings.
[[nodiscard]] Expected<int> run_prompt_use(Context& context, const Arguments& arguments);

/// llf prompt edit NAME: in the user's editor; of one that came with llf a copy.
[[nodiscard]] Expected<int> run_prompt_edit(Context& context, const Arguments& arguments);

/// llf prompt preview [NAME] [TEXT]: what a model gets, message by message and as text.
[[nodiscard]] Expected<int> run_prompt_preview(Context& context, const Arguments& arguments);

}  // namespace llf::cli
