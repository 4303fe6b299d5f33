#include "worker/command_line.hpp"

#include "base/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace llf::worker {
namespace {

/// Collects arguments, leaving out what the engine does not know.
class ArgumentList {
 public:
  ArgumentList(std::string program, const Abilities& abilities)
      : arguments_{std::move(program)}, abilities_(abilities) {}

  /// The first of the names that the engine knows, with its value.
  void add(std::initializer_list<std::string_view> names, std::string value) {
    if (add_flag(names)) arguments_.push_back(std::move(value));
  }

  bool add_flag(std::initializer_list<std::string_view> names) {
    const auto known =
        std::ranges::find_if(names, [this](auto name) { return abilities_.has(name); });
    if (known == names.end()) return false;
    arguments_.emplace_back(*known);
    return true;
  }

  /// One without which nothing works: every engine has it.
  void require(std::string_view name, std::string value) {
    arguments_.emplace_back(name);
    arguments_.push_back(std::move(value));
  }

  /// One of the user's, under its long or its short name. An engine that does not know it says so.
  void add_further(const FurtherArgument& argument) {
    const auto short_name = "-" + argument.flag;
    arguments_.push_back(abilities_.has(short_name) ? short_name : "-" + short_name);
    if (argument.value) arguments_.push_back(*argument.value);
  }

  [[nodiscard]] std::vector<std::string> take() && { return std::move(arguments_); }

 private:
  std::vector<std::string> arguments_;
  const Abilities& abilities_;
};

/// How glibc (2.35 and later) takes memory; other C libraries do not read it.
constexpr std::string_view kTunables = "GLIBC_TUNABLES";

bool is_allowed(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{
      "PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", kTunables};
  constexpr std::array<std::string_view, 3> kPrefixes{"CUDA_", "GGML_", "OMP_"};
  return std::ranges::find(kNames, name) != kNames.end() ||
         std::ranges::any_of(kPrefixes, [name](auto prefix) { return name.starts_with(prefix); });
}

/// What memory is planned with: the engine's own choices of today, said aloud, so that those of
/// another version are no surprise. Of checkpoints, which models with a sliding window keep of each
/// slot and which no plan counts, a quarter. Layers on GPUs and flash attention are its own choice:
/// how they are asked for differs between versions.
void add_memory(ArgumentList& list) {
  list.add({"--cache-type-k"}, "f16");
  list.add({"--cache-type-v"}, "f16");
  list.add({"--ctx-checkpoints", "--swa-checkpoints"}, "8");
}

void add_pooling(ArgumentList& list, const LoadPlan& plan) {
  if (plan.mode == Mode::rerank) {
    list.add_flag({"--rerank", "--reranking"});
  } else {
    list.add_flag({"--embeddings", "--embedding"});
    if (!plan.pools) list.add({"--pooling"}, "mean");
  }
  // A text is computed in one piece, however long it is.
  const auto batch = std::to_string(plan.context);
  list.add({"--batch-size"}, batch);
  list.add({"--ubatch-size"}, batch);
}

}  // namespace

LoadPlan default_plan(ByteSize model_size, unsigned cores) {
  const bool small = model_size < limits::kSmallModel;
  LoadPlan plan;
  plan.size = small ? LoadPlan::Size::small : LoadPlan::Size::normal;
  // Threads of a tiny model wait for each other longer than they compute.
  plan.threads = small ? 1 : std::max(1U, cores);
  plan.prompt_cache = small ? limits::kSmallPromptCache : limits::kPromptCache;
  plan.context = small ? limits::kSmallContext : limits::kContext;
  // Every slot's context is reserved, and cleared, at the start: 10 ms of a tiny model's cold start
  // for three slots of 2048 more, gigabytes of a large model's memory.
  plan.slots = small || model_size > limits::kManySlotsModel ? limits::kFewSlots : limits::kSlots;
  return plan;
}

void adapt(LoadPlan& plan, const ModelTraits& traits) {
  plan.pools = traits.pools;
  const bool overridden = std::ranges::any_of(plan.further, [](const FurtherArgument& argument) {
    const auto& flag = argument.flag;
    return flag.starts_with("rope-") || flag.starts_with("yarn-") ||
           (flag == "override-kv" && argument.value.value_or("").contains("context_length"));
  });
  if (traits.context == 0 || overridden) return;
  plan.context = static_cast<std::uint32_t>(std::min<std::uint64_t>(plan.context, traits.context));
}

std::vector<std::string> command_line(const LoadPlan& plan, const Abilities& abilities,
                                      std::string_view socket_name) {
  ArgumentList list(plan.engine.native(), abilities);
  list.require("--model", plan.model.native());
  list.require("--host", std::string(socket_name));
  if (!plan.projector.empty()) list.add({"--mmproj"}, plan.projector.native());
  list.add({"--alias"}, plan.alias);
  list.add({"--ctx-size"}, std::to_string(std::uint64_t{plan.context} * plan.slots));
  list.add({"--parallel"}, std::to_string(plan.slots));
  list.add_flag({"--no-kv-unified"});
  add_memory(list);
  list.add({"--threads"}, std::to_string(plan.threads));
  // Threads that spin while they wait take the processor from those they wait for, and from us:
  // on two cores a token comes 5 to 15 % sooner without (bench/run --only P10).
  list.add({"--poll"}, "0");
  list.add({"--cache-ram"}, std::to_string(plan.prompt_cache.bytes() >> 20U));
  list.add_flag({"--offline"});
  list.add_flag({"--no-ui", "--no-webui"});
  list.add_flag({"--metrics"});
  // The levels below 3 do not print the ready line.
  list.add({"--log-verbosity"}, "3");
  // The gateway sends pings of its own; the engine's would hide that it makes no progress.
  list.add({"--sse-ping-interval"}, "-1");
  if (plan.size == LoadPlan::Size::small) {
    // Measured on a model of 4 MB: fitting costs 6 ms of a cold start of 45 ms, warming up 0.5 ms.
    list.add({"--fit"}, "off");
    list.add_flag({"--no-warmup"});
  }
  if (plan.mode == Mode::generate) {
    list.add({"--batch-size"}, "2048");
    list.add({"--ubatch-size"}, "512");
  } else {
    add_pooling(list, plan);
  }
  for (const auto& argument : plan.further) list.add_further(argument);
  return std::move(list).take();
}

std::vector<std::string> engine_environment(std::span<const std::string> environment) {
  std::vector<std::string> allowed;
  std::ranges::copy_if(environment, std::back_inserter(allowed), [](std::string_view entry) {
    return is_allowed(entry.substr(0, entry.find('=')));
  });
  const bool tuned = std::ranges::any_of(allowed, [](std::string_view entry) {
    return entry.substr(0, entry.find('=')) == kTunables;
  });
  // Asks for huge pages. Weights that are repacked for the processor, contexts and buffers are
  // filled at the start, page by page: measured on a model of 268 MB, 1.39 s and 80,000 page faults
  // until it is ready without, 0.39 s and 6,000 with, for 4 % more memory.
  if (!tuned) allowed.push_back(fmt::format("{}=glibc.malloc.hugetlb=1", kTunables));
  return allowed;
}

std::string socket_name(std::uint32_t random) {
  return fmt::format("w-{:08x}.sock", random);
}

bool is_socket_name(std::string_view name) {
  constexpr std::string_view kStart = "w-";
  constexpr std::string_view kEnd = ".sock";
  if (name.size() != kStart.size() + 8 + kEnd.size() || !name.starts_with(kStart) ||
      !name.ends_with(kEnd)) {
    return false;
  }
  return std::ranges::all_of(name.substr(kStart.size(), 8), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

}  // namespace llf::worker
