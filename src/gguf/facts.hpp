#pragma once

#include "base/byte_size.hpp"
#include "gguf/header.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace llf::gguf {

/// What a chat template provides for, as far as its text tells.
struct Abilities {
  bool system = false;     ///< system messages
  bool tools = false;      ///< descriptions and calls of tools
  bool reasoning = false;  ///< thoughts before the answer

  friend bool operator==(const Abilities&, const Abilities&) = default;
};

/// What a projector lets a model take in beside text.
struct Modalities {
  bool vision = false;
  bool audio = false;

  friend bool operator==(const Modalities&, const Modalities&) = default;
};

/// How the vectors of a text's tokens become one, as an embedding or a relevance.
enum class Pooling : std::uint8_t { none, mean, cls, last, rank };

/// Which of several files that belong together this one is.
struct Split {
  std::uint64_t number = 1;  ///< from 1
  std::uint64_t count = 1;

  friend bool operator==(const Split&, const Split&) = default;
};

/// What a header says of its model. Numbers are 0 and texts empty where it does not say.
struct Facts {
  std::string architecture;  ///< "llama", "qwen3" …
  std::string kind;          ///< "model", "mmproj" (a projector), "adapter", "imatrix" …
  std::string name;
  std::string license;
  std::string quantisation;      ///< "Q4_K_M"; as most of the weights are where it is not named
  std::uint64_t parameters = 0;  ///< of this file
  ByteSize weights;              ///< of this file
  std::uint64_t context = 0;     ///< tokens that it was trained for
  std::uint64_t layers = 0;
  std::uint64_t embedding = 0;
  std::uint64_t heads = 0;  ///< of attention, in the layer that has most
  std::uint64_t experts = 0;
  std::uint64_t experts_used = 0;
  std::optional<ByteSize> kv_per_token;  ///< memory of a token in the context, as f16
  std::string tokenizer;                 ///< "gpt2", "llama" …
  std::uint64_t vocabulary = 0;
  std::string chat_template;
  Pooling pooling = Pooling::none;
  Abilities abilities;
  Modalities modalities;
  Split split;
};

/// Reads a header of read_header. Keys of a wrong type count as absent. Pure.
[[nodiscard]] Facts facts_of(const Header& header);

}  // namespace llf::gguf
