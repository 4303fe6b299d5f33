// LLF_MODEL_SEED=N runs one seed alone.
#include "worker/test_fsm_model.hpp"

#include "os/paths.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <deque>
#include <random>
#include <string>

namespace llf::worker {
namespace {

constexpr std::uint32_t kSeeds = 400;
constexpr int kSteps = 1000;

TEST(WorkerFsmModel, holds_its_promises_under_random_events) {
  std::uint32_t first = std::random_device{}();
  std::uint32_t count = kSeeds;
  if (const auto given = os::env("LLF_MODEL_SEED")) {
    std::from_chars(given->data(), given->data() + given->size(), first);
    count = 1;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto seed = first + i;
    SCOPED_TRACE("LLF_MODEL_SEED=" + std::to_string(seed));
    TestFsmModel(seed).run(kSteps);
    if (HasFailure()) return;
  }
}

// F15, F08: however often it crashes, starts come with their pauses and stop at the circuit.
TEST(WorkerFsmModel, an_always_crashing_engine_is_not_started_more_often_than_the_policy_allows) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  WorkerFsm fsm{WorkerPolicy{}};
  MonoTime now;
  std::deque<MonoTime> starts;
  for (WaiterId id = 1; id <= 100'000; ++id) {
    const auto before = fsm.generation();
    static_cast<void>(fsm.wait(id, now));
    static_cast<void>(fsm.tick(now));
    if (fsm.generation() != before) {
      starts.push_back(now);
      while (now - starts.front() > limits::kCircuitWindow) starts.pop_front();
      // Five open the circuit; each cooldown of a minute lets one more through.
      ASSERT_LE(starts.size(), limits::kCircuitCrashes + 10);
      const auto count = starts.size();
      if (id > 2 && count > 1) {
        ASSERT_GE(starts[count - 1] - starts[count - 2], 2 * limits::kBackoffFirst);
      }
      static_cast<void>(fsm.exited(fsm.generation(), now));
    }
    now += std::chrono::milliseconds(random() % 2000);
  }
}

}  // namespace
}  // namespace llf::worker
