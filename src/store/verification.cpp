#include "store/verification.hpp"

#include "base/limits.hpp"
#include "store/digest_file.hpp"
#include "store/gguf_file.hpp"

#include <system_error>
#include <utility>

namespace llf::store {

namespace fs = std::filesystem;

namespace {

/// Where a file differs from the one that its store names, as far as marks of that one are kept.
/// What is missing at its end belongs to it, up to where the marks tell that there was something.
Expected<std::vector<ByteRange>> damage_of(const VerifiedFile& file, const fs::path& marks,
                                           const HashProgress& progress) {
  auto kept = load_marks(marks, *file.expected);
  if (!kept) return std::vector<ByteRange>();
  const auto least = kept->states.size() * limits::kPart.bytes();
  auto damage =
      find_damage(file.path, {.sha256 = *file.expected, .marks = *std::move(kept)}, progress);
  if (damage && file.size < least) add_range(*damage, {.begin = file.size, .end = least});
  // All that is here is right: the rest, whatever it is, is missing.
  if (damage && damage->empty()) damage->push_back({.begin = file.size, .end = file.size + 1});
  return damage;
}

}  // namespace

std::optional<Digest> expected_digest(const fs::path& path) {
  constexpr std::string_view kOllama = "sha256-";
  std::error_code code;
  const auto content = fs::canonical(path, code);
  if (code) return std::nullopt;
  if (content.parent_path().filename() != "blobs") {
    const auto kept = kept_digest(path);
    return kept ? std::optional(kept->sha256) : std::nullopt;
  }
  const auto name = content.filename().native();
  return Digest::parse(
      std::string_view(name).substr(name.starts_with(kOllama) ? kOllama.size() : 0));
}

Expected<std::vector<VerifiedFile>> verify_model(const ModelFile& model, const fs::path& marks,
                                                 const HashProgress& progress) {
  std::vector<VerifiedFile> files;
  std::uint64_t before = 0;
  for (const auto& path : model.files()) {
    const auto hashed =
        hash_file(path, [&](std::uint64_t done) { return progress(before + done); });
    if (!hashed) return failure(hashed.error());
    const auto header = read_gguf(path);
    VerifiedFile file{.path = path,
                      .size = hashed->size,
                      .sha256 = hashed->sha256,
                      .expected = expected_digest(path),
                      .broken = header ? std::string() : header.error().message};
    if (file.expected == file.sha256) {
      save_marks(marks, file.sha256, hashed->marks);
    } else if (file.expected) {
      auto damage = damage_of(file, marks, [&](std::uint64_t) { return progress(before); });
      if (!damage) return failure(damage.error());
      file.damage = *std::move(damage);
    }
    before += file.size;
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace llf::store
