#pragma once

#include "base/expected.hpp"
#include "hub/model_catalog.hpp"
#include "store/hub_repository.hpp"
#include "url/url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::hub {

/// What is to be downloaded: a model of a repository, or a file at a URL.
struct ModelReference {
  std::optional<store::RepositoryName> repository;
  std::string wanted;      ///< a quantisation or a file's name; empty: the usual one
  std::string revision;    ///< a branch or commit; empty: main
  std::optional<Url> url;  ///< without a repository
};

/// Understands "ORG/REPO", "ORG/REPO:QUANT", "ORG/REPO@REVISION", the same as an address of the
/// hub or of `hub` ("https://huggingface.co/ORG/REPO/resolve/main/FILE.gguf"), a name of the
/// catalog ("qwen3:4b", "qwen3:4b:Q8_0"), or any other URL of a file. Errors: `invalid`;
/// `not_found` for a name that is not in the catalog, with the nearest. Pure.
[[nodiscard]] Expected<ModelReference> read_reference(std::string_view text, const Url& hub,
                                                      const std::vector<CatalogModel>& catalog);

}  // namespace llf::hub
