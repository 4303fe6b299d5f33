#include "gguf/demand.hpp"

#include "base/limits.hpp"
#include "gguf/facts.hpp"
#include "gguf/lookup.hpp"
#include "gguf/types.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace llf::gguf {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
constexpr std::uint64_t kBatch = 512;  // tokens that the engine computes at once
constexpr std::uint64_t kF32 = 4;      // bytes
constexpr std::uint64_t kF16 = 2;

// Measured with build 11669 on x86-64 for models of 0.1 to 1.3 GB; see plan_memory.
constexpr std::uint64_t kProgram = 17 * kMiB;  // program and libraries
constexpr std::uint64_t kHeap = 24 * kMiB;     // vocabulary, templates, what requests leave
constexpr std::uint64_t kVectors = 5;          // of the length of the embedding, a token
constexpr std::uint64_t kWideVectors = 3;      // of that of the feed-forward part

// Of the bytes of models of 7 to 8 billion parameters.
constexpr double kPure = 0.85;   // in the type that a quantisation has its name of
constexpr double kMixed = 0.70;  // the same where half of the layers have a larger one for some

Processor g_processor = Processor::vector_units;  // see plan_for

/// Types that the engine copies into blocks for the vector or matrix units of this processor.
bool is_repacked(std::string_view type) {
#if defined(__aarch64__)
  constexpr std::array<std::string_view, 6> kRepacked{"Q4_0", "Q4_K", "IQ4_NL",
                                                      "Q8_0", "Q5_K", "Q6_K"};
#else
  constexpr std::array<std::string_view, 4> kRepacked{"Q4_0", "Q4_K", "IQ4_NL", "Q2_K"};
#endif
  constexpr std::array<std::string_view, 6> kForMatrixUnits{"Q4_1", "Q8_0", "Q5_K",
                                                            "Q6_K", "F16",  "IQ4_XS"};
  return std::ranges::find(kRepacked, type) != kRepacked.end() ||
         (g_processor == Processor::matrix_units &&
          std::ranges::find(kForMatrixUnits, type) != kForMatrixUnits.end());
}

/// Of so many layers one sees the whole context, the others a window, where a header does not say:
/// as the architectures were published.
std::uint64_t pattern_of(std::string_view architecture) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 8> kPatterns{{
      {"gemma2", 2},
      {"gemma3", 6},
      {"gemma3n", 5},
      {"gpt-oss", 2},
      {"cohere2", 4},
      {"exaone4", 4},
      {"olmo2", 4},
      {"gemma-embedding", 6},
  }};
  const auto at =
      std::ranges::find(kPatterns, architecture, [](const auto& one) { return one.first; });
  return at == kPatterns.end() ? 1 : at->second;
}

/// The share of the layers that only see a window.
double windowed_share(const Lookup& lookup, std::uint64_t layers) {
  const auto flags = lookup.numbers(lookup.own_key("attention.sliding_window_pattern"));
  if (!flags.empty()) {
    const auto windowed = std::ranges::count_if(flags, [](auto flag) { return flag != 0; });
    return static_cast<double>(windowed) / static_cast<double>(flags.size());
  }
  auto period = lookup.own("attention.sliding_window_pattern");
  if (period == 0) period = pattern_of(lookup.architecture());
  if (period <= 1 || layers == 0) return 0;
  const auto whole = layers / period;
  return static_cast<double>(layers - whole) / static_cast<double>(layers);
}

/// A part of so many bytes.
std::uint64_t share_of(std::uint64_t bytes, double share) {
  const auto part = static_cast<double>(bytes) * std::clamp(share, 0.0, 1.0);
  return part < static_cast<double>(bytes) ? static_cast<std::uint64_t>(part) : bytes;
}

std::uint64_t kv_bytes(const Demand& demand, std::uint64_t context) {
  // A window is kept with the batch that moves it.
  const auto window = std::min(context, sum_of(demand.window, kBatch));
  return sum_of(product_of(demand.kv_per_token, context), product_of(demand.kv_window, window));
}

/// Whether the embedding of tokens is the matrix to the output, too.
enum class Embedding : std::uint8_t { own, tied };

void take_tensor(const Tensor& tensor, Embedding embedding, Demand& demand) {
  const auto size = tensor.size.bytes();
  const auto type = tensor_type(tensor.type);
  demand.weights += size;
  if (tensor.name == "token_embd.weight" && embedding == Embedding::own) {
    demand.lookup += size;
    return;
  }
  if (tensor.name.contains("_exps.")) demand.experts += size;
  const bool matrix = tensor.shape[1] > 1;
  if (matrix && type && is_repacked(type->name)) demand.repacked += size;
}

}  // namespace

void plan_for(Processor processor) {
  g_processor = processor;
}

void Demand::add(const Demand& part) {
  weights = sum_of(weights, part.weights);
  lookup = sum_of(lookup, part.lookup);
  repacked = sum_of(repacked, part.repacked);
  experts = sum_of(experts, part.experts);
}

Demand demand_of(const Header& header) {
  const Lookup lookup(header);
  const auto facts = facts_of(header);
  Demand demand{.embedding = facts.embedding,
                .feed_forward = lookup.own("feed_forward_length"),
                .vocabulary = facts.vocabulary,
                .context = facts.context};
  if (const auto wide = lookup.each_layer(
          "feed_forward_length", std::min<std::uint64_t>(facts.layers, limits::kGgufListKept));
      !wide.empty()) {
    demand.feed_forward = std::ranges::max(wide);
  }
  const bool tied =
      std::ranges::find(header.tensors, "output.weight", &Tensor::name) == header.tensors.end();
  for (const auto& tensor : header.tensors)
    take_tensor(tensor, tied ? Embedding::tied : Embedding::own, demand);
  if (facts.experts > 0 && facts.experts_used > 0) {
    demand.experts_used =
        std::min(1.0, static_cast<double>(facts.experts_used) / static_cast<double>(facts.experts));
    const auto each = lookup.own("expert_feed_forward_length");
    demand.feed_forward = std::max(demand.feed_forward, product_of(each, facts.experts_used));
  }
  const auto kv = facts.kv_per_token ? facts.kv_per_token->bytes() : 0;
  demand.window = lookup.own("attention.sliding_window");
  const auto share = demand.window > 0 ? windowed_share(lookup, facts.layers) : 0;
  demand.kv_window = share_of(kv, share);
  demand.kv_per_token = kv - demand.kv_window;
  return demand;
}

std::uint64_t repacked_of(std::string_view quantisation, std::uint64_t weights) {
  quantisation.remove_prefix(quantisation.find_last_of("-.") + 1);
  // "Q4_K_S" is of the type Q4_K but for a few tensors, "Q4_K_M" for more of them.
  const auto size = quantisation.rfind('_');
  const auto shape = size == std::string_view::npos ? "" : quantisation.substr(size + 1);
  const bool mixed = shape == "M" || shape == "L" || shape == "XL";
  const auto type = mixed || shape == "S" ? quantisation.substr(0, size) : quantisation;
  return is_repacked(type) ? share_of(weights, mixed ? kMixed : kPure) : 0;
}

Demand resized(const Demand& demand, std::string_view quantisation, std::uint64_t weights) {
  const auto scale = [&](std::uint64_t part) {
    return demand.weights == 0
               ? 0
               : share_of(weights, static_cast<double>(part) / static_cast<double>(demand.weights));
  };
  auto other = demand;
  other.weights = weights;
  other.lookup = scale(demand.lookup);
  other.experts = scale(demand.experts);
  other.repacked = repacked_of(quantisation, rest_of(weights, other.lookup));
  return other;
}

MemoryPlan plan_memory(const Demand& demand, const Loading& loading) {
  MemoryPlan plan;
  const auto context =
      demand.context > 0 ? std::min(loading.context, demand.context) : loading.context;
  // Where the engine makes a second copy it leaves what it never reads on disk.
  const auto mapped = demand.repacked > 0 ? rest_of(demand.weights, demand.lookup) : demand.weights;
  plan.weights = sum_of(mapped, demand.repacked);
  plan.kv = product_of(kv_bytes(demand, context), loading.slots);
  const auto vectors =
      sum_of(product_of(kVectors, demand.embedding), product_of(kWideVectors, demand.feed_forward));
  const auto step =
      product_of(kBatch, sum_of(product_of(kF32, vectors), product_of(kF16, context)));
  plan.compute = sum_of(step, product_of(kF32, product_of(demand.vocabulary, loading.slots)));
  plan.other = kProgram + kHeap;
  return plan;
}

std::optional<std::uint64_t> largest_context(const Demand& demand, std::uint64_t slots,
                                             std::uint64_t memory) {
  constexpr std::uint64_t kStep = 256;  // tokens
  const auto fits = [&](std::uint64_t context) {
    return plan_memory(demand, {.context = context, .slots = slots}).total() <= memory;
  };
  std::uint64_t low = limits::kLeastContext;
  if (!fits(low)) return std::nullopt;
  std::uint64_t high = demand.context > 0 ? demand.context : limits::kMostContext;
  if (fits(high)) return high;
  while (high - low > kStep) {
    const auto middle = low + (high - low) / 2;
    (fits(middle) ? low : high) = middle;
  }
  return low;
}

std::uint64_t bytes_per_token(const Demand& demand, std::uint64_t context) {
  const auto dense = rest_of(demand.weights, sum_of(demand.lookup, demand.experts));
  const auto active = share_of(demand.experts, demand.experts_used);
  return sum_of(sum_of(dense, active), kv_bytes(demand, context));
}

}  // namespace llf::gguf
