#pragma once

#include "base/expected.hpp"
#include "base/id.hpp"
#include "os/folder_watch.hpp"
#include "store/model_file.hpp"
#include "store/shelf.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace llf::store {

/// A model file anywhere, by its path; a part stands for all of its split model, beside it. Errors:
/// `not_found`, with the parts that are missing; `invalid` when its name does not end in `.gguf` or
/// it is no model.
[[nodiscard]] Expected<ModelFile> read_model_file(const std::string& path);

/// `not_found` for these parts (see store/assembly.hpp), which are not beside `path`. Pure.
[[nodiscard]] Error parts_are_missing(const std::string& path,
                                      std::span<const std::string> missing);

/// What was found on some shelves, and what tells whether that still holds.
struct Inventory {
  std::vector<Shelf> shelves;
  std::vector<ModelFile> models;              ///< by name, no name twice: an earlier shelf wins
  std::vector<std::filesystem::path> absent;  ///< shelves that did not exist
  os::FolderWatch watch;
};

/// Looks through shelves. Blocks: for thousands of models some milliseconds, longer on a slow disk.
/// Any thread.
[[nodiscard]] Inventory take_inventory(const std::vector<Shelf>& shelves);

/// The models of this machine by name. They stay where they are and are only read. What changes on
/// the disk is seen at the next look. Owned by the daemon; loop thread.
class Catalog {
 public:
  /// A shelf whose source is built_in is a file, not a folder.
  explicit Catalog(std::vector<Shelf> shelves) : shelves_(std::move(shelves)) {}

  [[nodiscard]] const std::vector<Shelf>& shelves() const { return shelves_; }
  /// Looks at these instead from now on.
  void set_shelves(std::vector<Shelf> shelves);

  /// Whether the next look has to go through the shelves again, which blocks: take_inventory on
  /// another thread, and `take`, spare the loop that. A few system calls.
  [[nodiscard]] bool stale();
  /// Takes it over, unless it is of other shelves than those of now.
  void take(Inventory inventory);

  /// Every model, by name.
  [[nodiscard]] const std::vector<ModelFile>& list();

  /// The model that is meant by this name (see match_name). Errors: those of match_name.
  [[nodiscard]] Expected<ModelFile> find(const ModelId& name);

  /// What a request without a model gets: the built-in model, else the first by name; empty when
  /// there is none.
  [[nodiscard]] ModelId default_model();

 private:
  std::vector<Shelf> shelves_;
  std::optional<Inventory> inventory_;
};

}  // namespace llf::store
