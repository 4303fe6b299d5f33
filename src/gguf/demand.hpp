#pragma once

#include "base/byte_size.hpp"
#include "gguf/header.hpp"
#include "gguf/saturating.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace llf::gguf {

/// What a model asks of a machine, as its header tells.
struct Demand {
  std::uint64_t weights = 0;       ///< bytes of all tensors
  std::uint64_t lookup = 0;        ///< bytes of those of them of which only single rows are read
  std::uint64_t repacked = 0;      ///< bytes that an engine holds a second time, in an order that
                                   ///< suits the processor
  std::uint64_t experts = 0;       ///< bytes of the experts of a mixture
  double experts_used = 1;         ///< the part of them that a token needs
  std::uint64_t kv_per_token = 0;  ///< bytes of the context, as f16; 0: not known
  std::uint64_t kv_window = 0;     ///< bytes a token of layers that only see a window
  std::uint64_t window = 0;        ///< of that, in tokens
  std::uint64_t embedding = 0;     ///< length of a token's vector
  std::uint64_t feed_forward = 0;  ///< length of the widest one within a layer
  std::uint64_t vocabulary = 0;
  std::uint64_t context = 0;  ///< tokens that it was trained for; 0: not known

  /// The further parts of a split model, and a projector, only add weights.
  void add(const Demand& part);

  friend bool operator==(const Demand&, const Demand&) = default;
};

/// What a processor has to multiply matrices; Intel's matrix units are called AMX. With these,
/// engines hold more types a second time.
enum class Processor : std::uint8_t { vector_units, matrix_units };

/// Tells which this machine has; not told, `vector_units`. Once, before there is a second thread.
void plan_for(Processor processor);

/// Reads a header. Pure, but for plan_for.
[[nodiscard]] Demand demand_of(const Header& header);

/// The bytes of a model of that size that an engine holds a second time, as far as the name of its
/// quantisation, at the end of a label ("Q4_K_M", "UD-Q4_K_XL", "Model-7B-Q8_0"), tells. Pure,
/// but for plan_for.
[[nodiscard]] std::uint64_t repacked_of(std::string_view quantisation, std::uint64_t weights);

/// The same model in another quantisation, of which only its name and size are known. Pure, but
/// for plan_for.
[[nodiscard]] Demand resized(const Demand& demand, std::string_view quantisation,
                             std::uint64_t weights);

/// How a model is to be loaded.
struct Loading {
  std::uint64_t context = 0;  ///< tokens of each slot
  std::uint64_t slots = 1;
};

/// The memory that llama-server takes for a model, in bytes.
struct MemoryPlan {
  std::uint64_t weights = 0;  ///< of the file, mapped, and what is held a second time
  std::uint64_t kv = 0;       ///< the contexts of all slots
  std::uint64_t compute = 0;  ///< buffers for one step
  std::uint64_t other = 0;    ///< program, libraries, vocabulary

  [[nodiscard]] std::uint64_t total() const {
    return sum_of(sum_of(weights, kv), sum_of(compute, other));
  }
  friend bool operator==(const MemoryPlan&, const MemoryPlan&) = default;
};

/// Plans the memory on a processor. The formula of the buffers was found by loading models of many
/// shapes (tests/e2e/fit_test.py) and is meant to be within a tenth of what the engine takes. No
/// slot gets more context than the model was trained for. What a header's numbers make more than
/// kBeyondAnything is that. Pure.
[[nodiscard]] MemoryPlan plan_memory(const Demand& demand, const Loading& loading);

/// The largest context, in tokens, with which the model takes no more than `memory` bytes, up to
/// what it was trained for; nothing when even the least does not fit. Pure.
[[nodiscard]] std::optional<std::uint64_t> largest_context(const Demand& demand,
                                                           std::uint64_t slots,
                                                           std::uint64_t memory);

/// The bytes that are read from memory for each token with so many in the context: what bounds the
/// speed on a processor (tokens a second = bandwidth / bytes). Pure.
[[nodiscard]] std::uint64_t bytes_per_token(const Demand& demand, std::uint64_t context);

}  // namespace llf::gguf
