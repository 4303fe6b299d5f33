#include "gguf/facts.hpp"

#include "base/limits.hpp"
#include "gguf/lookup.hpp"
#include "gguf/saturating.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

namespace llf::gguf {
namespace {

// Of more layers no list is kept.
constexpr std::uint64_t kMostLayers = limits::kGgufListKept;

/// The type that holds most of the weights.
std::string main_type(const Header& header) {
  std::map<std::uint32_t, std::uint64_t> bytes;
  for (const auto& tensor : header.tensors) bytes[tensor.type] += tensor.size.bytes();
  const auto most = std::ranges::max_element(bytes, {}, [](const auto& one) { return one.second; });
  const auto type = most == bytes.end() ? std::nullopt : tensor_type(most->first);
  return type ? std::string(type->name) : std::string();
}

/// What each token in the context takes: a key and a value of two bytes a number, for each head of
/// each layer.
std::optional<ByteSize> kv_per_token(const Lookup& lookup, const Facts& facts) {
  if (facts.layers == 0 || facts.layers > kMostLayers) return std::nullopt;
  constexpr std::uint64_t kBytes = 2;
  // Of architectures that keep one compressed vector for all heads.
  if (const auto rank = lookup.own("attention.kv_lora_rank"); rank > 0) {
    const auto numbers = sum_of(rank, lookup.own("rope.dimension_count"));
    return ByteSize(product_of(numbers, facts.layers * kBytes));
  }
  auto heads = lookup.each_layer("attention.head_count_kv", facts.layers);
  if (heads.empty()) heads = lookup.each_layer("attention.head_count", facts.layers);
  if (heads.empty() || facts.heads == 0) return std::nullopt;
  const auto usual = facts.embedding / facts.heads;
  const auto length = [&](std::string_view name) {
    const auto own = lookup.own(name);
    return own > 0 ? own : usual;
  };
  const auto numbers = sum_of(length("attention.key_length"), length("attention.value_length"));
  std::uint64_t total = 0;
  for (const auto count : heads) total = sum_of(total, product_of(count, numbers));
  return ByteSize(product_of(total, kBytes));
}

Abilities abilities_of(std::string_view chat_template) {
  const auto speaks_of = [&](std::string_view word) { return chat_template.contains(word); };
  return {
      .system = speaks_of("system"),
      .tools = speaks_of("tools"),
      .reasoning = speaks_of("enable_thinking") || speaks_of("reasoning") || speaks_of("<think>")};
}

Pooling pooling_of(const Lookup& lookup) {
  const auto number = lookup.own("pooling_type");
  return number <= static_cast<std::uint64_t>(Pooling::rank) ? static_cast<Pooling>(number)
                                                             : Pooling::none;
}

Split split_of(const Lookup& lookup) {
  const auto count = lookup.number("split.count");
  if (count < 2) return {};
  return {.number = std::min(lookup.number("split.no"), count - 1) + 1, .count = count};
}

}  // namespace

Facts facts_of(const Header& header) {
  const Lookup lookup(header);
  Facts facts;
  facts.architecture = lookup.architecture();
  facts.kind = lookup.text("general.type");
  if (facts.kind.empty()) facts.kind = facts.architecture == "clip" ? "mmproj" : "model";
  facts.name = lookup.text("general.name");
  facts.license = lookup.text("general.license");
  facts.quantisation = main_type(header);
  constexpr std::string_view kFileType = "general.file_type";
  if (header.values.contains(kFileType)) {
    const auto named = file_type_name(lookup.number(kFileType));
    if (!named.empty()) facts.quantisation = named;
  }
  std::uint64_t weights = 0;
  for (const auto& tensor : header.tensors) {
    facts.parameters = sum_of(facts.parameters, tensor.elements());
    weights += tensor.size.bytes();
  }
  facts.weights = ByteSize(weights);
  facts.context = lookup.own("context_length");
  facts.layers = lookup.own("block_count");
  facts.embedding = lookup.own("embedding_length");
  if (facts.layers <= kMostLayers) {
    const auto heads = lookup.each_layer("attention.head_count", facts.layers);
    if (!heads.empty()) facts.heads = std::ranges::max(heads);
  }
  facts.experts = lookup.own("expert_count");
  facts.experts_used = lookup.own("expert_used_count");
  facts.kv_per_token = kv_per_token(lookup, facts);
  facts.tokenizer = lookup.text("tokenizer.ggml.model");
  facts.vocabulary = lookup.length("tokenizer.ggml.tokens");
  facts.chat_template = lookup.text("tokenizer.chat_template");
  facts.pooling = pooling_of(lookup);
  facts.abilities = abilities_of(facts.chat_template);
  facts.modalities = {.vision = lookup.flag("clip.has_vision_encoder"),
                      .audio = lookup.flag("clip.has_audio_encoder")};
  facts.split = split_of(lookup);
  return facts;
}

}  // namespace llf::gguf
