#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "store/removal.hpp"
#include "store/shelf.hpp"

#include <cstdint>
#include <filesystem>
#include <set>
#include <string_view>
#include <vector>

namespace llf::store {

/// A file that takes room and serves nothing.
struct Leftover {
  enum class Kind : std::uint8_t {
    unfinished,  ///< of a download that nobody knows any more, or of an import that was killed
    unnamed,     ///< a content of the cache that no revision refers to
    marks,       ///< see hash_marks.hpp, of a content that is gone
    notes,       ///< what was learned of a repository of which no model is left
  };

  std::filesystem::path path;
  Kind kind = Kind::unfinished;
  ByteSize size;  ///< that the disk gets back
};

/// "unfinished", "unnamed", "marks", "notes".
[[nodiscard]] std::string_view to_string(Leftover::Kind kind);

/// Where leftovers are looked for.
struct LeftoverPlaces {
  OwnFolders own;
  std::filesystem::path marks;                 ///< the folder for save_marks
  std::vector<std::filesystem::path> notes{};  ///< folders of files "REPOSITORY'S FOLDER.json"
  std::set<std::filesystem::path> wanted;      ///< where downloads that are known will stand
  std::vector<ModelFile> models{};             ///< those that are there, of every store
  std::vector<Shelf> shelves{};                ///< where these were looked for
};

/// Finds them: nothing that a program is fetching just now, and of other programs only contents
/// without a name. Of a repository that cannot be read to its end nothing is one; while the cache
/// or a shelf is away, as on a disk that is not mounted, no marks and notes are. Errors: those of
/// files. Blocks.
[[nodiscard]] Expected<std::vector<Leftover>> find_leftovers(const LeftoverPlaces& places);

/// Removes those that are still leftovers and may be removed. Returns them; imports into the folder
/// of this home must not run meanwhile. Errors: those of files. Blocks.
[[nodiscard]] Expected<std::vector<Leftover>> remove_leftovers(const LeftoverPlaces& places);

}  // namespace llf::store
