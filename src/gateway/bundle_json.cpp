#include "gateway/bundle_json.hpp"

#include <utility>

namespace llf::gateway {
namespace {

json::Value known_or_null(const std::string& text) {
  return text.empty() ? json::Value(nullptr) : json::Value(text);
}

}  // namespace

Expected<ExportRequest> read_export_request(const json::Object& body) {
  auto model = json::get_string_or(body, "model", "");
  auto path = model ? json::get_string(body, "path") : failure(model.error());
  const auto replace = path ? json::get_flag(body, "replace") : failure(path.error());
  if (!replace) return failure(replace.error());
  if (!path->starts_with('/')) return failure(ErrorKind::invalid, "'path' must be absolute");
  ExportRequest request{.model = *std::move(model), .path = *std::move(path), .texts = {}};
  if (*replace) request.existing = store::BundleOrder::Existing::replace;
  const auto* texts = body.if_contains("texts");
  if (texts == nullptr) return request;
  const auto object = json::as_object(*texts, "'texts'");
  if (!object) return failure(object.error());
  for (const auto& [name, text] : *object) {
    if (!text.is_string()) return failure(ErrorKind::invalid, "'texts' must be texts by name");
    request.texts.push_back({.name = std::string(name), .content = std::string(text.get_string())});
  }
  return request;
}

json::Object exported_json(const store::BundleManifest& manifest, const std::string& path) {
  json::Array files;
  for (const auto& file : manifest.files) {
    files.push_back(json::Object{
        {"name", file.name}, {"size_bytes", file.size}, {"sha256", file.sha256.hex()}});
  }
  return {{"path", path},
          {"model", manifest.model},
          {"repository", known_or_null(manifest.repository)},
          {"commit", known_or_null(manifest.commit)},
          {"size_bytes", manifest.size()},
          {"files", std::move(files)}};
}

json::Array imported_json(const std::vector<store::Imported>& files) {
  json::Array list;
  for (const auto& one : files) {
    list.push_back(
        json::Object{{"from", one.from.native()}, {"to", one.to.native()}, {"how", one.how}});
  }
  return list;
}

}  // namespace llf::gateway
