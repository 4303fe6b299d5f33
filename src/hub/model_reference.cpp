#include "hub/model_reference.hpp"

#include "base/ascii.hpp"
#include "base/nearest.hpp"
#include "base/percent.hpp"
#include "store/name_match.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string>
#include <utility>

namespace llf::hub {
namespace {

/// "ORG/REPO[@REVISION][:WANTED]", or "ORG/REPO/resolve/REVISION/FILE".
Expected<ModelReference> of_repository(std::string_view text) {
  ModelReference reference;
  for (const std::string_view verb : {"/resolve/", "/blob/", "/tree/"}) {
    const auto at = text.find(verb);
    if (at == std::string_view::npos) continue;
    const auto rest = text.substr(at + verb.size());
    const auto slash = rest.find('/');
    reference.revision = percent_decode(rest.substr(0, slash));
    if (slash != std::string_view::npos) reference.wanted = percent_decode(rest.substr(slash + 1));
    text = text.substr(0, at);
  }
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    reference.wanted = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    reference.revision = text.substr(at + 1);
    text = text.substr(0, at);
  }
  auto name = store::RepositoryName::parse(text);
  if (!name) return failure(name.error());
  reference.repository = *std::move(name);
  if (reference.revision == "main") reference.revision.clear();
  return reference;
}

/// "FAMILY:SIZE" or "FAMILY:SIZE:WANTED" of the catalog.
Expected<ModelReference> of_catalog(std::string_view text,
                                    const std::vector<CatalogModel>& catalog) {
  std::string_view wanted;
  const auto* model = find_model(catalog, text);
  if (const auto colon = text.rfind(':'); model == nullptr && colon != std::string_view::npos) {
    wanted = text.substr(colon + 1);
    model = find_model(catalog, text.substr(0, colon));
  }
  if (model != nullptr) {
    return ModelReference{.repository = *store::RepositoryName::parse(model->repository),
                          .wanted = std::string(wanted),
                          .revision = {},
                          .url = {}};
  }
  std::vector<std::string> names;
  std::vector<std::string> family;
  const auto beginning = ascii_lower(text) + ":";
  for (const auto& one : catalog) {
    names.push_back(one.name);
    if (one.name.starts_with(beginning)) family.push_back(one.name);
  }
  if (!family.empty()) {
    return failure(ErrorKind::not_found,
                   fmt::format("'{}' is several models of llf's catalog, say which: {}", text,
                               fmt::join(family, ", ")));
  }
  return failure(ErrorKind::not_found,
                 fmt::format("'{}' is not in llf's catalog.{} `llf model recommend` shows it; any "
                             "other model is named by its repository, ORG/REPO, which `llf model "
                             "search` finds",
                             text, did_you_mean(text, names)));
}

}  // namespace

Expected<ModelReference> read_reference(std::string_view text, const Url& hub,
                                        const std::vector<CatalogModel>& catalog) {
  const auto own = hub.str().substr(0, hub.str().find_last_not_of('/') + 1) + "/";
  auto name = store::without_hub_address(text);
  if (text.starts_with(own)) name = text.substr(own.size());
  if (name == text && text.contains("://")) {  // of no hub
    auto url = Url::parse(text);
    if (!url) return failure(url.error());
    return ModelReference{.repository = {}, .wanted = {}, .revision = {}, .url = *std::move(url)};
  }
  name = name.substr(0, name.find('?'));
  if (name.empty()) return failure(ErrorKind::invalid, "which model is to be downloaded?");
  return name.contains('/') ? of_repository(name) : of_catalog(name, catalog);
}

}  // namespace llf::hub
