#include "store/verification.hpp"

#include "store/gguf_file.hpp"

#include <system_error>
#include <utility>

namespace llf::store {

namespace fs = std::filesystem;

std::optional<Digest> expected_digest(const fs::path& path) {
  constexpr std::string_view kOllama = "sha256-";
  std::error_code code;
  const auto content = fs::canonical(path, code);
  if (code || content.parent_path().filename() != "blobs") return std::nullopt;
  const auto name = content.filename().native();
  return Digest::parse(
      std::string_view(name).substr(name.starts_with(kOllama) ? kOllama.size() : 0));
}

Expected<std::vector<VerifiedFile>> verify_model(const ModelFile& model,
                                                 const HashProgress& progress) {
  std::vector<std::string> paths{model.path};
  paths.insert(paths.end(), model.further.begin(), model.further.end());
  if (!model.projector.empty()) paths.push_back(model.projector);
  std::vector<VerifiedFile> files;
  std::uint64_t before = 0;
  for (const auto& path : paths) {
    std::uint64_t size = 0;
    const auto digest = sha256_of_file(path, [&](std::uint64_t done) {
      size = done;
      return progress(before + done);
    });
    if (!digest) return failure(digest.error());
    before += size;
    const auto header = read_gguf(path);
    files.push_back({.path = path,
                     .size = size,
                     .sha256 = *digest,
                     .expected = expected_digest(path),
                     .broken = header ? std::string() : header.error().message});
  }
  return files;
}

}  // namespace llf::store
