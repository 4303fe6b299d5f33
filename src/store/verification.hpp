#pragma once

#include "base/byte_range.hpp"
#include "base/expected.hpp"
#include "store/hash_marks.hpp"
#include "store/model_file.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace llf::store {

/// What a look at every byte of a file came to.
struct VerifiedFile {
  std::string path;
  std::uint64_t size = 0;
  Digest sha256;
  std::optional<Digest> expected;  ///< what its store says; nothing: it says nothing
  std::string broken;              ///< why it is no model; empty: it is one
  /// Which bytes are not as they should be; empty where that is not known.
  std::vector<ByteRange> damage{};

  [[nodiscard]] bool right() const { return broken.empty() && (!expected || *expected == sha256); }
};

/// What the store of a file says its SHA-256 is: names of contents in Hugging Face's cache and in
/// Ollama's are digests; of other files it is what is kept beside them (see KeptDigest). Nothing
/// where it does not say. A few system calls.
[[nodiscard]] std::optional<Digest> expected_digest(const std::filesystem::path& path);

/// Reads every file of a model, told how many bytes of all are done; what is damaged is read twice.
/// `marks` is the folder for save_marks: those of right files are kept there. Errors: those of
/// files; cancelled when `progress` stops it. Blocks for as long as the disk takes. Any thread.
[[nodiscard]] Expected<std::vector<VerifiedFile>> verify_model(const ModelFile& model,
                                                               const std::filesystem::path& marks,
                                                               const HashProgress& progress);

}  // namespace llf::store
