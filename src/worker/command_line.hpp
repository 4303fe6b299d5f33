#pragma once

#include "base/byte_size.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llf::worker {

/// What an engine binary can do, as it says itself (see engine.hpp).
struct Abilities {
  std::string version;  ///< "0.7.0 (build 11669, commit Debian)"; "unknown" if not said
  std::set<std::string, std::less<>> flags;  ///< every flag that --help lists: "--ctx-size", "-c"

  [[nodiscard]] bool has(std::string_view flag) const { return flags.contains(flag); }
  friend bool operator==(const Abilities&, const Abilities&) = default;
};

/// A further argument of the user's.
struct FurtherArgument {
  std::string flag;                  ///< without dashes
  std::optional<std::string> value;  ///< nothing: the flag alone
  friend bool operator==(const FurtherArgument&, const FurtherArgument&) = default;
};

/// What a worker's engine answers.
enum class Mode : std::uint8_t {
  generate,  ///< chats and completions
  embed,     ///< texts as vectors
  rerank,    ///< how well texts answer a question
};

/// How a model is to be loaded. Everything is explicit: the engine's own defaults change between
/// versions and some are dangerous (a prompt cache of 8 GiB per worker).
struct LoadPlan {
  std::filesystem::path engine;
  std::filesystem::path model;
  std::filesystem::path projector;  ///< for images and sound; empty: none
  std::string alias;                ///< the name in the engine's answers
  std::uint32_t context = 4096;     ///< tokens per slot
  std::uint32_t slots = 2;          ///< requests answered at once
  unsigned threads = 1;
  ByteSize prompt_cache = ByteSize::mib(256);  ///< RAM for the contexts of past requests
  enum class Size : std::uint8_t {
    small,   ///< under limits::kSmallModel: started as quickly as possible
    normal,  ///< may be fitted to the memory of a GPU
  } size = Size::normal;
  Mode mode = Mode::generate;
  bool pools = true;                     ///< the model says how its vectors become one
  std::vector<FurtherArgument> further;  ///< they win over ours
};

/// The plan for a model of `model_size` on a machine with `cores`: what a user gets who sets
/// nothing. Engine, model and alias are left empty. Pure.
[[nodiscard]] LoadPlan default_plan(ByteSize model_size, unsigned cores);

/// What a plan needs to know of its model.
struct ModelTraits {
  bool pools = true;          ///< its file says how vectors become one
  std::uint64_t context = 0;  ///< tokens that it was trained for; 0: not known
};

/// Fits a plan to its model. Engines give a slot no more context than the model was trained for,
/// but reserve memory for what they are asked for: they are asked for no more, unless an argument
/// of the user's is about another length. Pure.
void adapt(LoadPlan& plan, const ModelTraits& traits);

/// The engine's arguments, argv[0] included, of ours only flags that it knows. `socket_name` ends
/// in ".sock" and is relative to the folder that it is started in. Pure.
[[nodiscard]] std::vector<std::string> command_line(const LoadPlan& plan,
                                                    const Abilities& abilities,
                                                    std::string_view socket_name);

/// What of our environment ("NAME=value") the engine gets: PATH, HOME, LANG, TMPDIR,
/// LD_LIBRARY_PATH, GLIBC_TUNABLES (ours, asking for huge pages, when there is none), CUDA_*,
/// GGML_* and OMP_*. Never LLAMA_* (it would override flags and demand keys), tokens or proxies.
/// Pure.
[[nodiscard]] std::vector<std::string> engine_environment(std::span<const std::string> environment);

/// A name for a worker's socket from a random number: "w-0123abcd.sock". Pure.
[[nodiscard]] std::string socket_name(std::uint32_t random);

/// True for the names that socket_name makes. Pure.
[[nodiscard]] bool is_socket_name(std::string_view name);

}  // namespace llf::worker
