#pragma once

#include <cstdint>

namespace llf::os {

/// How many bytes a second this machine reads from memory, with `threads` of them at once: measured
/// by reading more than its caches hold, for about a tenth of a second. What else runs makes it
/// less. Blocks. Any thread.
[[nodiscard]] std::uint64_t measure_memory_bandwidth(unsigned threads);

}  // namespace llf::os
