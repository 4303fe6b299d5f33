#include "store/scan_ollama.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "json/json.hpp"
#include "os/atomic_file.hpp"
#include "store/digest.hpp"

#include <fmt/format.h>

#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kModelLayer = "application/vnd.ollama.image.model";
constexpr std::string_view kProjectorLayer = "application/vnd.ollama.image.projector";
constexpr std::string_view kOwnHost = "registry.ollama.ai";
constexpr std::string_view kOwnNamespace = "library";
constexpr int kNames = 4;  // HOST/NAMESPACE/NAME/TAG

/// The blob that a layer names; nothing when it is not a digest of ours.
std::optional<fs::path> blob_of(const fs::path& root, const json::Object& layer) {
  constexpr std::string_view kAlgorithm = "sha256:";
  const auto name = json::get_string_or(layer, "digest", "");
  if (!name || !name->starts_with(kAlgorithm)) return std::nullopt;
  const auto digest = Digest::parse(std::string_view(*name).substr(kAlgorithm.size()));
  if (!digest) return std::nullopt;
  return root / "blobs" / ("sha256-" + digest->hex());
}

/// The first layer of this type.
std::optional<fs::path> layer_of(const fs::path& root, const json::Object& manifest,
                                 std::string_view type) {
  const auto* layers = manifest.if_contains("layers");
  if (layers == nullptr || !layers->is_array()) return std::nullopt;
  for (const auto& layer : layers->get_array()) {
    const auto* object = layer.if_object();
    if (object != nullptr && json::get_string_or(*object, "mediaType", "") == type) {
      return blob_of(root, *object);
    }
  }
  return std::nullopt;
}

std::string name_of(const fs::path& below) {
  std::vector<std::string> names;
  for (const auto& name : below) names.push_back(repair_utf8(name.native()));
  auto name = fmt::format("{}:{}", names[2], names[3]);
  if (names[0] == kOwnHost && names[1] == kOwnNamespace) return name;
  name = fmt::format("{}/{}", names[1], name);
  return names[0] == kOwnHost ? name : fmt::format("{}/{}", names[0], name);
}

std::optional<ModelFile> read_manifest(const fs::path& root, const fs::path& path) {
  const auto text = os::read_file(path, limits::kManifestFile);
  const auto manifest = text ? json::parse(*text) : failure(text.error());
  if (!manifest || !manifest->is_object()) return std::nullopt;
  const auto& object = manifest->get_object();
  const auto blob = layer_of(root, object, kModelLayer);
  struct stat facts{};
  if (!blob || ::stat(blob->c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  const auto projector = layer_of(root, object, kProjectorLayer);
  std::error_code code;
  return ModelFile{
      .id = ModelId(name_of(path.lexically_relative(root / "manifests"))),
      .path = blob->native(),
      .size = ByteSize(static_cast<std::uint64_t>(facts.st_size)),
      .modified = facts.st_mtim.tv_sec,
      .source = Source::ollama,
      .projector = projector && fs::exists(*projector, code) ? projector->native() : ""};
}

class ManifestScan {
 public:
  ManifestScan(const fs::path& root, const Look& look) : root_(root), look_(look) {}

  void folder(const fs::path& path, int depth) {
    look_(path);
    std::error_code code;
    for (fs::directory_iterator it(path, code), end; !code && it != end; it.increment(code)) {
      if (++entries_ > limits::kModelFolderEntries) return;
      std::error_code ignored;
      if (depth + 1 == kNames) {
        if (auto model = read_manifest(root_, it->path())) models_.push_back(*std::move(model));
      } else if (it->is_directory(ignored)) {
        folder(it->path(), depth + 1);
      }
    }
  }

  std::vector<ModelFile> take() { return std::move(models_); }

 private:
  const fs::path& root_;
  const Look& look_;
  std::size_t entries_ = 0;
  std::vector<ModelFile> models_;
};

}  // namespace

std::vector<ModelFile> scan_ollama(const fs::path& root, const Look& look) {
  look(root);
  look(root / "blobs");
  ManifestScan scan(root, look);
  scan.folder(root / "manifests", 0);
  return scan.take();
}

}  // namespace llf::store
