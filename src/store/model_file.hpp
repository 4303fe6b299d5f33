#pragma once

#include "base/byte_size.hpp"
#include "base/id.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llf::store {

/// Which store a model stands in. Ours are `built_in` and `hugging_face`; the others are only read.
enum class Source : std::uint8_t {
  built_in,      ///< comes with llf
  hugging_face,  ///< the Hugging Face cache, which llf and other programs download into
  folder,        ///< a folder that the settings name, or of this home
  ollama,
  lm_studio,
  llama_cpp,  ///< the cache of older llama.cpp
};

/// "built-in", "hugging face" …
[[nodiscard]] std::string_view to_string(Source source);

/// The paths of one list: of a model's parts, then of its projector where there is one.
[[nodiscard]] std::vector<std::string> files_of_model(const std::string& path,
                                                      const std::vector<std::string>& further,
                                                      const std::string& projector);

/// One model that can be loaded.
struct ModelFile {
  ModelId id;                 ///< its name: see model_name.hpp
  std::string path;           ///< absolute; of a split model the first part
  ByteSize size;              ///< of all parts, without the projector
  std::int64_t modified = 0;  ///< seconds since 1970
  Source source = Source::folder;
  std::string repository{};            ///< "ORG/REPO"; empty where it is not known
  std::vector<std::string> further{};  ///< the other parts of a split model, in their order
  std::string projector{};             ///< what lets it see or hear; empty: none

  /// Every file of it: its parts, then its projector.
  [[nodiscard]] std::vector<std::string> files() const {
    return files_of_model(path, further, projector);
  }

  friend bool operator==(const ModelFile&, const ModelFile&) = default;
};

}  // namespace llf::store
