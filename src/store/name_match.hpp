#pragma once

#include "base/expected.hpp"
#include "store/model_file.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace llf::store {

/// The model that somebody means by `name`. In this order, each only where one model fits: its
/// name; the same in another case; its repository without a quantisation, or with one that several
/// of its files have; that without its owner, an ending "-GGUF", or both; the beginning of any of
/// these, so that of a quantisation, too. An address of the hub ("hf.co/ORG/REPO",
/// "https://huggingface.co/ORG/REPO") stands for the repository. Errors: `not_found`, with the
/// nearest names, or, when several fit, with those. Pure.
[[nodiscard]] Expected<const ModelFile*> match_name(std::span<const ModelFile> models,
                                                    std::string_view name);

/// All that `name` may mean, as match_name looks for it: one, several, or none. Pure.
[[nodiscard]] std::vector<const ModelFile*> models_named(std::span<const ModelFile> models,
                                                         std::string_view name);

/// match_name without beginnings: whether a word that may as well be anything else names a model.
/// Pure.
[[nodiscard]] bool is_model_name(std::span<const ModelFile> models, std::string_view word);

/// `name` without the hub's address before it and a slash after it. Pure.
[[nodiscard]] std::string_view without_hub_address(std::string_view name);

}  // namespace llf::store
