#include "store/bundle_plan.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"
#include "store/file_label.hpp"
#include "store/gguf_file.hpp"
#include "store/hub_cache.hpp"
#include "store/hub_repository.hpp"
#include "store/verification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kModelFolder = "model/";

/// A model's name as that of a file.
std::string as_file_name(std::string name) {
  std::ranges::replace_if(
      name,
      [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '_' || c == '.');
      },
      '-');
  return name;
}

/// The name of a file of the model, for a folder of models elsewhere.
std::string usual_name(const ModelFile& model, const fs::path& file) {
  auto name = file.filename().native();
  const bool is_projector = file == model.projector;
  const auto kind = is_projector ? FileLabel::Kind::projector : FileLabel::Kind::model;
  if (label_of(name).kind == kind && check_file_path(name)) return name;
  return (is_projector ? "mmproj-" : "") + as_file_name(model.id.str()) + ".gguf";
}

/// Where its files stand in their repository; nothing unless all are of one commit.
std::optional<std::vector<CachedFile>> in_cache(const ModelFile& model, const fs::path& hub_cache) {
  std::vector<CachedFile> cached;
  for (const auto& file : model.files()) {
    auto found = hub_cache.empty() ? std::nullopt : HubCache(hub_cache).find(file);
    if (!found) return std::nullopt;
    const bool together = cached.empty() || (found->repository == cached.front().repository &&
                                             found->commit == cached.front().commit);
    if (!together || label_of(found->path).kind == FileLabel::Kind::other) return std::nullopt;
    cached.push_back(*std::move(found));
  }
  return cached;
}

/// In the archive names are printable ASCII, which every program for archives takes.
std::string name_in_archive(std::string_view path, std::size_t number) {
  const bool plain = std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7f'; });
  return std::string(kModelFolder) + (plain ? std::string(path) : fmt::format("{}.gguf", number));
}

Expected<void> add_texts(const std::vector<BundleText>& texts, BundleManifest& manifest) {
  for (const auto& text : texts) {
    if (auto checked = check_file_path(text.name); !checked) return checked;
    if (text.content.size() > limits::kPromptFile.bytes()) {
      return failure(ErrorKind::too_large, fmt::format("{} is longer than {}", text.name,
                                                       to_string(limits::kPromptFile)));
    }
    manifest.files.push_back({.name = text.name,
                              .path = {},
                              .size = text.content.size(),
                              .sha256 = sha256(text.content)});
  }
  if (manifest.files.size() <= limits::kBundleEntries) return {};
  return failure(ErrorKind::too_large,
                 fmt::format("a bundle has at most {} files", limits::kBundleEntries));
}

}  // namespace

Expected<BundlePlan> plan_bundle(const ModelFile& model, const std::vector<BundleText>& texts,
                                 const fs::path& hub_cache) {
  const auto cached = in_cache(model, hub_cache);
  BundlePlan plan{.manifest = {.model = model.id.str(),
                               .repository = {},
                               .commit = {},
                               .license = {},
                               .files = {}},
                  .sources = {}};
  if (cached) {
    plan.manifest.repository = cached->front().repository.str();
    plan.manifest.commit = cached->front().commit;
  } else if (RepositoryName::parse(model.repository)) {
    plan.manifest.repository = model.repository;
  }
  for (const auto& file : model.files()) {
    if (const auto header = read_gguf(file); !header) return failure(header.error());
    std::error_code code;
    const auto size = fs::file_size(file, code);
    if (code) return failure(os::file_error("looking at", file, os::FileUse::read, code.value()));
    const auto number = plan.sources.size();
    auto path = cached ? (*cached)[number].path : usual_name(model, file);
    plan.manifest.files.push_back(
        {.name = name_in_archive(path, number),
         .path = std::move(path),
         .size = size,
         .sha256 = expected_digest(file).value_or(Digest(std::array<std::uint8_t, 32>{}))});
    plan.sources.emplace_back(file);
  }
  if (auto added = add_texts(texts, plan.manifest); !added) return failure(added.error());
  return plan;
}

}  // namespace llf::store
