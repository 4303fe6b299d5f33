#pragma once

#include "base/expected.hpp"
#include "worker/command_line.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace llf::worker {

/// What names one engine binary: if none of it changed, neither did its abilities.
struct BinaryKey {
  std::string path;
  std::int64_t size = 0;
  std::int64_t changed_ns = 0;  ///< modification time, since 1970

  friend bool operator==(const BinaryKey&, const BinaryKey&) = default;
};

/// The key of the binary as it is now. Errors: not_found, io.
[[nodiscard]] Expected<BinaryKey> binary_key(const std::filesystem::path& engine);

/// What was remembered about exactly this binary. Errors: not_found; or the file cannot be read,
/// is too long or no JSON of ours, all of which mean the same to a caller: probe again.
[[nodiscard]] Expected<Abilities> read_probe_cache(const std::filesystem::path& cache_dir,
                                                   const BinaryKey& key);

/// Remembers. A failure is logged; the next probe just takes its 40 ms again.
void write_probe_cache(const std::filesystem::path& cache_dir, const BinaryKey& key,
                       const Abilities& abilities);

}  // namespace llf::worker
