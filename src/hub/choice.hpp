#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "hub/repository.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::hub {

/// One model of a repository, as it is downloaded: its parts, and a projector where there is one.
struct Choice {
  std::string label;  ///< its quantisation; the stem of its file's name where that is not clear
  std::vector<RemoteFile> model;  ///< its parts in their order
  std::optional<RemoteFile> projector;

  [[nodiscard]] ByteSize size() const;
  [[nodiscard]] std::vector<RemoteFile> files() const;
};

/// The models of a repository, smallest first: those with all parts and a SHA-256 for each. Pure.
[[nodiscard]] std::vector<Choice> choices_of(const Repository& repository);

/// Whether a model fits; without a function, any does.
using Fits = std::function<bool(const Choice&)>;

/// The one that somebody wants: by quantisation in any case ("q4_k_m"), by the name of its file or
/// that without its ending. Nothing wanted ("") is the usual one, Q4_K_M, else the nearest to it,
/// of those that fit; where none does, the smallest. Errors: `not_found`, with what there is;
/// `invalid` for a repository without models. Pure, if `fits` is.
[[nodiscard]] Expected<Choice> choose(const Repository& repository, std::string_view wanted,
                                      const Fits& fits);

}  // namespace llf::hub
