#pragma once

#include "base/expected.hpp"
#include "gguf/demand.hpp"
#include "hub/choice.hpp"
#include "hub/endpoint.hpp"

#include <functional>

namespace llf::hub {

/// Whether a machine has the memory for a model; without a function, it has.
using FitsHere = std::function<bool(const gguf::Demand&)>;

/// The usual model of a repository, of those that fit as a look into the header of one of them
/// tells: the others are the same in another size. A header that cannot be had leaves their sizes.
/// Errors: those of choose. Blocks.
[[nodiscard]] Expected<Choice> choose_fitting(const Session& session, const Repository& repository,
                                              const FitsHere& fits);

}  // namespace llf::hub
