#pragma once

#include "base/expected.hpp"
#include "base/limits.hpp"
#include "hub/endpoint.hpp"
#include "hub/range_set.hpp"
#include "os/rate_limit.hpp"
#include "store/hash_marks.hpp"
#include "url/url.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace llf::hub {

/// A place that has a file: the endpoint decides who gets a token.
struct Origin {
  Url url;
  Endpoint endpoint;
};

/// What is to be fetched, and where to.
struct TransferOrder {
  std::vector<Origin> origins;              ///< at least one; all of them are used at once
  std::filesystem::path place;              ///< where the file will stand; its folder is there
  std::optional<std::uint64_t> size;        ///< nothing: the origin tells it
  std::optional<store::Digest> sha256;      ///< nothing: what comes is what it is
  std::optional<store::HashMarks> marks{};  ///< of the right file: they tell what of it is wrong
  /// The file that stands at `place` is wrong: in these bytes, so that the others are not fetched;
  /// empty: nobody knows where.
  std::optional<std::vector<Range>> damage{};
  os::RateLimit* speed = nullptr;  ///< outlives the transfer; none: as fast as it goes
  std::uint64_t sync_step = limits::kSyncStep.bytes();  ///< see PartOptions
  /// Asked now and then about the part and how many bytes from its beginning are there of how many:
  /// `invalid` or `too_large` ends the transfer, and nothing of the file stays. May be empty.
  std::function<Expected<void>(const std::filesystem::path&, std::uint64_t, std::uint64_t)>
      check_front{};
  /// Asked about the whole file before it gets its place: an error is that of the transfer; after
  /// `invalid` or `too_large` nothing of the file stays. May be empty.
  std::function<Expected<void>(const std::filesystem::path&)> check{};
};

/// How far a transfer is.
struct TransferProgress {
  std::uint64_t done = 0;      ///< bytes that are there
  std::uint64_t size = 0;      ///< of the file; 0: not known yet
  std::uint64_t verified = 0;  ///< bytes from the beginning that are hashed
  std::size_t connections = 0;
  std::string trouble;  ///< why nothing comes; empty: all is well
};

/// A file that stands in its place, whole and durable.
struct Transferred {
  store::Digest sha256;
  std::uint64_t size = 0;
  std::uint64_t fetched = 0;      ///< bytes that came over the network
  std::vector<Range> repaired{};  ///< what had come wrong at first and was fetched anew
  std::vector<Url> blamed{};      ///< the origins that sent it
  store::HashMarks marks{};
};

/// Called some times a second.
using ProgressReport = std::function<void(const TransferProgress&)>;

/// Fetches a file: by ranges, over several connections, from where an earlier try was interrupted,
/// whatever interrupted it; hashed while it comes. It gets its place only when it is what its
/// SHA-256 says; until then what stands there stays as it is. If it is not, all of it, or what the
/// marks tell is wrong, is fetched once more, each part from another origin than sent it, and then
/// from each origin alone; if it is still not, nothing of what came stays. What fails and may pass
/// is tried again with pauses.
/// Errors: `cancelled` by `stop`, after which the next call goes on; those of files (a full disk
/// among them) and of answer_error, likewise; `corrupt` when the hash is wrong; `upstream`.
/// Blocks. Any thread, one at a time for one place.
[[nodiscard]] Expected<Transferred> transfer(const TransferOrder& order,
                                             const ProgressReport& report,
                                             const std::stop_token& stop);

}  // namespace llf::hub
