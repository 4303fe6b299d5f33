#include "os/memory_bandwidth.hpp"

#include "base/limits.hpp"
#include "os/process_facts.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <numeric>
#include <system_error>
#include <thread>
#include <vector>

namespace llf::os {
namespace {

constexpr int kPasses = 3;  // the best of them counts

/// Reads all of it, as fast as it goes: four sums at once keep the loads apart.
std::uint64_t read_all(const std::vector<std::uint64_t>& numbers) {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint64_t c = 0;
  std::uint64_t d = 0;
  for (std::size_t i = 0; i + 4 <= numbers.size(); i += 4) {
    a += numbers[i];
    b += numbers[i + 1];
    c += numbers[i + 2];
    d += numbers[i + 3];
  }
  return a + b + c + d;
}

}  // namespace

ByteSize bandwidth_block(unsigned threads, ByteSize available) {
  const auto all = std::min(limits::kBandwidthMemory.bytes(), available.bytes() / 4);
  return ByteSize(std::min(limits::kBandwidthBlock.bytes(), all / std::max(threads, 1U)));
}

std::uint64_t measure_memory_bandwidth(unsigned threads) {
  threads = std::max(threads, 1U);
  const auto block =
      bandwidth_block(threads, available_memory().value_or(limits::kBandwidthMemory)).bytes();
  // The threads, and this one, which looks at the clock.
  std::barrier<> together(static_cast<std::ptrdiff_t>(threads) + 1);
  std::vector<std::vector<std::uint64_t>> blocks(threads);
  std::vector<std::uint64_t> sums(threads);
  std::vector<std::jthread> readers;
  readers.reserve(threads);
  const auto read = [&](unsigned i) {
    // Filled here, so that it lies in the memory that is next to this thread's core.
    blocks[i].assign(block / sizeof(std::uint64_t), 1);
    for (int pass = 0; pass < kPasses; ++pass) {
      together.arrive_and_wait();
      sums[i] = read_all(blocks[i]);
      together.arrive_and_wait();
    }
  };
  try {
    for (unsigned i = 0; i < threads; ++i) readers.emplace_back(read, i);
  } catch (const std::system_error&) {
    // The machine has no more threads for us: those that there are read without the others.
    for (auto i = readers.size(); i < threads; ++i) together.arrive_and_drop();
  }
  std::uint64_t best = 0;
  for (int pass = 0; pass < kPasses; ++pass) {
    together.arrive_and_wait();
    const auto began = mono_now();
    together.arrive_and_wait();
    const auto seconds = std::chrono::duration<double>(mono_now() - began).count();
    // The sums are used, so that no compiler leaves the reading out.
    const auto numbers = std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
    const auto bytes = static_cast<double>(numbers * sizeof(std::uint64_t));
    if (seconds > 0) best = std::max(best, static_cast<std::uint64_t>(bytes / seconds));
  }
  return best;
}

bool BestBandwidth::due(MonoTime now) const {
  return !measured_ || now - *measured_ >= limits::kBandwidthKept;
}

void BestBandwidth::take(std::uint64_t measured, MonoTime now) {
  best_ = std::max(best_, measured);
  measured_ = now;
}

}  // namespace llf::os
