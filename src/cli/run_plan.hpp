#pragma once

#include "base/expected.hpp"
#include "client/answers.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llf::cli {

/// What the words after `llf run` mean.
struct RunPlan {
  std::string model;  ///< empty: the default model
  std::optional<std::string>
      prompt;  ///< nothing: it comes from the standard input, or it is a chat

  friend bool operator==(const RunPlan&, const RunPlan&) = default;
};

/// Whether the installed models have to be known to understand these words.
[[nodiscard]] bool needs_models(std::span<const std::string> words,
                                const std::optional<std::string>& model);

/// Whether the first of these words, of which there is one, can be nothing but a model: then the
/// beginning of its name is enough.
[[nodiscard]] bool must_be_model(std::span<const std::string> words);

/// Understands the words. With --model all of them are the prompt. One word is a model if it is
/// known; a prompt if it holds white space; not_found, with why, if it looks like a model's name
/// (":" or "/"); else a prompt. Of several words the first is a model. Pure.
[[nodiscard]] Expected<RunPlan> plan_run(std::span<const std::string> words,
                                         const std::optional<std::string>& model,
                                         const client::KnownNames& known);

/// The prompt that is sent: what was typed, a blank line, what was piped; or the one that is there.
/// White space at the end of what was piped goes. Nothing when both are blank. Pure.
[[nodiscard]] std::optional<std::string> assemble_prompt(const std::optional<std::string>& typed,
                                                         std::string_view piped);

}  // namespace llf::cli
