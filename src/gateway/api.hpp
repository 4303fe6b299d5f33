#pragma once

#include "worker/command_line.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace llf::gateway {

/// The interfaces that a worker answers: OpenAI's, and what llama-server has beside them.
enum class Api : std::uint8_t {
  chat,
  completion,
  embeddings,
  rerank,
  tokenize,
  detokenize,
  count_tokens,
};

/// All that is known about one.
struct ApiFacts {
  Api api;
  std::string_view path;      ///< of the engine; ours, too
  worker::Mode mode;          ///< that its worker must run in
  std::string_view required;  ///< the field without which there is nothing to do
};

inline constexpr std::array<ApiFacts, 7> kApis{{
    {Api::chat, "/v1/chat/completions", worker::Mode::generate, "messages"},
    {Api::completion, "/v1/completions", worker::Mode::generate, "prompt"},
    {Api::embeddings, "/v1/embeddings", worker::Mode::embed, "input"},
    {Api::rerank, "/v1/rerank", worker::Mode::rerank, "documents"},
    {Api::tokenize, "/tokenize", worker::Mode::generate, "content"},
    {Api::detokenize, "/detokenize", worker::Mode::generate, "tokens"},
    {Api::count_tokens, "/v1/chat/completions/input_tokens", worker::Mode::generate, "messages"},
}};

[[nodiscard]] constexpr const ApiFacts& facts_of(Api api) {
  return kApis[static_cast<std::size_t>(api)];
}

}  // namespace llf::gateway
