#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"
#include "store/bundle.hpp"
#include "store/bundle_export.hpp"
#include "store/import.hpp"

#include <string>
#include <vector>

namespace llf::gateway {

/// What a request for an export says: `{"model","path","replace","texts":{NAME:TEXT}}`.
struct ExportRequest {
  std::string model;  ///< empty: the default one
  std::string path;
  store::BundleOrder::Existing existing = store::BundleOrder::Existing::refuse;
  std::vector<store::BundleText> texts;
};

/// Errors: `invalid`, for a path that is not absolute, too. Pure.
[[nodiscard]] Expected<ExportRequest> read_export_request(const json::Object& body);

/// The last event of an export. Pure.
[[nodiscard]] json::Object exported_json(const store::BundleManifest& manifest,
                                         const std::string& path);

/// Files of an import. Pure.
[[nodiscard]] json::Array imported_json(const std::vector<store::Imported>& files);

}  // namespace llf::gateway
