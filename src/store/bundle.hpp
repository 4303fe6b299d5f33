#pragma once

#include "base/expected.hpp"
#include "store/digest.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llf::store {

/// A file of a bundle.
struct BundleFile {
  std::string name;  ///< in the archive
  std::string path;  ///< of a model's file: in its repository, or its name; empty: a text of llf's
  std::uint64_t size = 0;
  Digest sha256;

  [[nodiscard]] bool is_text() const { return path.empty(); }
};

/// What the first entry of a bundle says of it. A bundle is a tar archive (pax) of a model and of
/// what llf knows of it, for machines that have no network.
struct BundleManifest {
  std::string model;              ///< its name where it was exported
  std::string repository;         ///< "ORG/REPO"; empty: it is not known
  std::string commit;             ///< empty: it is not known
  std::string license;            ///< as its hub told it; empty: it is not known
  std::vector<BundleFile> files;  ///< those of the model, the first part first, then texts

  [[nodiscard]] std::uint64_t size() const;  ///< of all files
};

/// Of the manifest in its archive.
inline constexpr std::string_view kManifestName = "manifest.json";

/// A text of a model's settings that goes with it. What it says is for others to read.
struct BundleText {
  std::string name;  ///< "profiles.json", "prompts/coder.json"
  std::string content;
};

/// As long with one SHA-256 as with any other. Pure.
[[nodiscard]] std::string write_manifest(const BundleManifest& manifest);

/// Reads the manifest of an untrusted bundle: names and paths lead nowhere else (SEC-31), and none
/// comes twice. Errors: `invalid` for what is no manifest; `too_large`; `unavailable` for one of a
/// newer llf. Pure.
[[nodiscard]] Expected<BundleManifest> read_manifest(std::string_view text);

}  // namespace llf::store
