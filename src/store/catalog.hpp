#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "base/id.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llf::store {

/// Where a model file comes from.
enum class Source : std::uint8_t { built_in, folder };

[[nodiscard]] std::string_view to_string(Source source);

/// One model that can be loaded.
struct ModelFile {
  ModelId id;        ///< the file's name without `.gguf`
  std::string path;  ///< absolute
  ByteSize size;
  std::int64_t modified = 0;  ///< seconds since 1970
  Source source = Source::folder;
};

/// A model file anywhere. Errors: `not_found`; `invalid` when its name does not end in `.gguf`.
[[nodiscard]] Expected<ModelFile> read_model_file(const std::string& path);

/// The models of this machine by name: the built-in one and every `*.gguf` of the search folders,
/// which stay where they are and are only read. A later folder never hides an earlier one. Owned by
/// the daemon; loop thread.
class Catalog {
 public:
  /// `built_in` may be empty or absent on disk: then there is none. Folders that do not exist are
  /// skipped, now and later, so that they may appear while the daemon runs.
  Catalog(std::string built_in, std::vector<std::string> folders);

  /// Looks into these folders instead from now on.
  void set_folders(std::vector<std::string> folders);

  /// Every model, by name. Reads the folders: a new file is seen at once.
  [[nodiscard]] const std::vector<ModelFile>& list();

  /// The model with this name. Reads the folders only when the name is not known or its file is
  /// gone. Errors: `not_found`, with the nearest names and what is there.
  [[nodiscard]] Expected<ModelFile> find(const ModelId& id);

  /// What a request without a model gets: the built-in model, else the first by name; empty when
  /// there is none.
  [[nodiscard]] ModelId default_model();

 private:
  [[nodiscard]] const ModelFile* known(const ModelId& id) const;
  void rescan();

  std::string built_in_;
  std::vector<std::string> folders_;
  std::vector<ModelFile> models_;
};

}  // namespace llf::store
