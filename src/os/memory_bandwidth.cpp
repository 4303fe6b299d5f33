#include "os/memory_bandwidth.hpp"

#include "base/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <thread>
#include <vector>

namespace llf::os {
namespace {

constexpr std::size_t kBlock = std::size_t{128} << 20U;  // bytes of each thread
constexpr int kPasses = 3;                               // the best of them counts

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

std::uint64_t measure_memory_bandwidth(unsigned threads) {
  threads = std::max(threads, 1U);
  const std::vector<std::uint64_t> numbers(kBlock / sizeof(std::uint64_t), 1);
  std::uint64_t best = 0;
  for (int pass = 0; pass < kPasses; ++pass) {
    std::vector<std::uint64_t> sums(threads);
    const auto began = mono_now();
    {
      std::vector<std::jthread> readers;
      readers.reserve(threads);
      for (unsigned i = 0; i < threads; ++i) {
        readers.emplace_back([&, i] { sums[i] = read_all(numbers); });
      }
    }
    const auto seconds = std::chrono::duration<double>(mono_now() - began).count();
    // The sums are used, so that no compiler leaves the reading out.
    const auto read =
        static_cast<double>(kBlock) * static_cast<double>(std::ranges::count(sums, numbers.size()));
    if (seconds > 0) best = std::max(best, static_cast<std::uint64_t>(read / seconds));
  }
  return best;
}

}  // namespace llf::os
