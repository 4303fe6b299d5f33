#include "store/bundle.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"
#include "store/file_label.hpp"
#include "store/hub_repository.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

namespace llf::store {
namespace {

constexpr std::int64_t kBundleVersion = 1;
constexpr std::string_view kVersionKey = "llf_bundle";

std::unexpected<Error> no_manifest(std::string_view why) {
  return failure(ErrorKind::invalid, fmt::format("it is no bundle of llf: {}", why));
}

Expected<BundleFile> read_bundle_file(const json::Value& value) {
  const auto object = json::as_object(value, "a file");
  if (!object) return no_manifest(object.error().message);
  auto name = json::get_string(*object, "name");
  auto path = json::get_string_or(*object, "path", "");
  const auto size = json::get_int(*object, "size_bytes");
  const auto hex = json::get_string(*object, "sha256");
  if (!name) return no_manifest(name.error().message);
  if (!path) return no_manifest(path.error().message);
  if (!size) return no_manifest(size.error().message);
  if (!hex) return no_manifest(hex.error().message);
  const auto digest = Digest::parse(*hex);
  if (!digest || *size < 0) return no_manifest("a size or SHA-256 in it is none");
  if (auto checked = check_file_path(*name); !checked) return failure(checked.error());
  if (!path->empty()) {
    if (auto checked = check_file_path(*path); !checked) return failure(checked.error());
    if (label_of(*path).kind == FileLabel::Kind::other) {
      return no_manifest(fmt::format("{} is no model file", *path));
    }
  } else if (std::cmp_greater(*size, limits::kPromptFile.bytes())) {
    return failure(ErrorKind::too_large, fmt::format("{} of the bundle is longer than {}", *name,
                                                     to_string(limits::kPromptFile)));
  }
  return BundleFile{.name = *std::move(name),
                    .path = *std::move(path),
                    .size = static_cast<std::uint64_t>(*size),
                    .sha256 = *digest};
}

/// Those of the model come first, no name twice, and their sizes can be added.
Expected<void> check_files(const std::vector<BundleFile>& files) {
  if (files.empty() || label_of(files.front().path).kind != FileLabel::Kind::model) {
    return no_manifest("it has no model");
  }
  std::set<std::string_view> names{kManifestName};
  std::set<std::string_view> paths;
  std::set<std::string> contents;
  std::uint64_t texts = 0;
  std::uint64_t left = std::uint64_t{1} << 62U;
  for (const auto& file : files) {
    if (!names.insert(file.name).second) return no_manifest(file.name + " is in it twice");
    if (file.is_text()) {
      texts += file.size + 1;
    } else if (texts > 0 || !paths.insert(file.path).second ||
               !contents.insert(file.sha256.hex()).second) {
      return no_manifest(file.path + " is in it twice, or at the wrong place");
    }
    if (file.size > left) return no_manifest("its sizes are absurd");
    left -= file.size;
  }
  if (texts <= limits::kBundleManifest.bytes()) return {};
  return failure(ErrorKind::too_large, fmt::format("the texts of the bundle are longer than {}",
                                                   to_string(limits::kBundleManifest)));
}

/// Errors: as of read_manifest, for what is no JSON or no manifest of this version.
Expected<json::Object> manifest_object(std::string_view text) {
  if (text.size() > limits::kBundleManifest.bytes()) {
    return failure(ErrorKind::too_large, fmt::format("the bundle's manifest is longer than {}",
                                                     to_string(limits::kBundleManifest)));
  }
  const auto value = json::parse(text);
  if (!value) return no_manifest(value.error().message);
  auto object = json::as_object(*value, kManifestName);
  if (!object) return no_manifest(object.error().message);
  const auto version = json::get_int(*object, kVersionKey);
  if (!version) return no_manifest(version.error().message);
  if (*version == kBundleVersion) return object;
  return failure(ErrorKind::unavailable,
                 fmt::format("the bundle was made by a newer llf (its format is {}, this llf reads "
                             "{}): update llf",
                             *version, kBundleVersion));
}

}  // namespace

std::uint64_t BundleManifest::size() const {
  return std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& file) { return sum + file.size; });
}

std::string write_manifest(const BundleManifest& manifest) {
  json::Object object{{kVersionKey, kBundleVersion}, {"model", manifest.model}};
  if (!manifest.repository.empty()) object["repository"] = manifest.repository;
  if (!manifest.commit.empty()) object["commit"] = manifest.commit;
  if (!manifest.license.empty()) object["license"] = manifest.license;
  json::Array files;
  for (const auto& file : manifest.files) {
    json::Object entry{{"name", file.name}};
    if (!file.is_text()) entry["path"] = file.path;
    entry["size_bytes"] = file.size;
    entry["sha256"] = file.sha256.hex();
    files.push_back(std::move(entry));
  }
  object["files"] = std::move(files);
  return json::write_pretty(object);
}

Expected<BundleManifest> read_manifest(std::string_view text) {
  const auto object = manifest_object(text);
  if (!object) return failure(object.error());
  auto model = json::get_string(*object, "model");
  auto repository = json::get_string_or(*object, "repository", "");
  auto commit = json::get_string_or(*object, "commit", "");
  if (!model) return no_manifest(model.error().message);
  if (!repository) return no_manifest(repository.error().message);
  if (!commit) return no_manifest(commit.error().message);
  auto license = json::get_string_or(*object, "license", "");
  if (!license) return no_manifest(license.error().message);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
  const bool is_name =
      license->size() <= limits::kHubLicense && std::ranges::none_of(*license, is_control);
  if (!is_name) license->clear();  // it is only shown
  if (!repository->empty() && !RepositoryName::parse(*repository)) {
    return no_manifest("its repository is none");
  }
  if (!commit->empty() && (repository->empty() || !is_commit(*commit))) {
    return no_manifest("its commit is none");
  }
  const auto* files = object->if_contains("files");
  const auto* list = files != nullptr ? files->if_array() : nullptr;
  if (list == nullptr) return no_manifest("it has no files");
  if (list->size() > limits::kBundleEntries) {
    return failure(ErrorKind::too_large,
                   fmt::format("the bundle has more than {} files", limits::kBundleEntries));
  }
  BundleManifest manifest{.model = *std::move(model),
                          .repository = *std::move(repository),
                          .commit = *std::move(commit),
                          .license = *std::move(license),
                          .files = {}};
  for (const auto& one : *list) {
    auto file = read_bundle_file(one);
    if (!file) return failure(file.error());
    manifest.files.push_back(*std::move(file));
  }
  if (auto checked = check_files(manifest.files); !checked) return failure(checked.error());
  return manifest;
}

}  // namespace llf::store
