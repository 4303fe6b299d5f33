#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace llf::remote {

/// A server that could answer a request.
struct Candidate {
  std::string_view name;
  std::size_t active = 0;  ///< requests that it answers
};

/// Which one answers; nothing of none. Requests of one session go to one and the same server, which
/// may remember what they begin with, as long as it has not clearly more to do than the others (at
/// most limits::kSessionLoad of the mean, and one more); its place is taken by the same one each
/// time. Servers that come or go leave the sessions of the others where they are (rendezvous
/// hashing). Without a session (0) the one with the least to do. Pure.
[[nodiscard]] std::optional<std::size_t> choose(std::span<const Candidate> candidates,
                                                std::uint64_t session);

}  // namespace llf::remote
