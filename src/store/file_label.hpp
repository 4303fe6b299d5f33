#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace llf::store {

/// What the name of a file in a repository says of it, which is convention only: its header has
/// the last word.
struct FileLabel {
  enum class Kind : std::uint8_t {
    model,
    projector,  ///< "mmproj-…": lets a model see or hear
    other,      ///< no GGUF, or one that is no model ("…imatrix…")
  };

  Kind kind = Kind::other;
  std::string stem;          ///< without folders, the number of a part and ".gguf"; of a model or
                             ///< projector it can be the name of a folder (SEC-31)
  std::string quantisation;  ///< "Q4_K_M", "UD-Q4_K_XL", upper case; empty: it does not say
  std::uint32_t part = 1;    ///< of a split model, from 1
  std::uint32_t parts = 1;

  friend bool operator==(const FileLabel&, const FileLabel&) = default;
};

/// Reads a file's name; folders before it only count where it does not say its quantisation
/// ("Q4_K_M/model-00001-of-00002.gguf"). Pure.
[[nodiscard]] FileLabel label_of(std::string_view path);

/// The name of one part of a split model: "m-00002-of-00003.gguf". Pure.
[[nodiscard]] std::string name_of_part(std::string_view stem, std::uint32_t part,
                                       std::uint32_t parts);

/// The name of the folder that files need to themselves among the models of this home, because a
/// projector is used with every model that stands beside it: that of the first model, without what
/// would make it the name of a repository. Empty: they have no projector. Pure.
[[nodiscard]] std::string folder_of_their_own(std::span<const std::string> paths);

/// Whether a word is the name of a quantisation, in any case. Pure.
[[nodiscard]] bool is_quantisation(std::string_view word);

/// Which of several projectors to use: the one of the highest rank. f16 is what most models ask
/// for, then the largest. Pure.
[[nodiscard]] std::pair<bool, std::uint64_t> projector_rank(const FileLabel& label,
                                                            std::uint64_t size);

}  // namespace llf::store
