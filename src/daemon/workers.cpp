#include "daemon/workers.hpp"

#include "base/limits.hpp"
#include "gateway/fit.hpp"
#include "os/gpu_memory.hpp"
#include "os/process_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace llf::daemon {
namespace {

/// How long a model of that size takes to load: from a disk that is no fast one.
Duration time_to_load(ByteSize memory) {
  constexpr double kBytesPerSecond = 1e9;
  constexpr double kStart = 0.1;
  const std::chrono::duration<double> time(kStart +
                                           static_cast<double>(memory.bytes()) / kBytesPerSecond);
  return std::chrono::duration_cast<Duration>(time);
}

/// What models may take of a memory, of which so much would be free without them.
ByteSize allowed(ByteSize total, ByteSize free) {
  const auto most = static_cast<double>(total.bytes()) * limits::kModelMemory;
  return std::min(ByteSize(static_cast<std::uint64_t>(most)), free);
}

Error not_ranking(const std::string& model) {
  return {.kind = ErrorKind::invalid,
          .message = fmt::format("{} was not made to rank texts: ask a reranking model, such as "
                                 "bge-reranker or Qwen3-Reranker",
                                 model)};
}

}  // namespace

Workers::Workers(Parts parts)
    : parts_(std::move(parts)),
      journal_(parts_.paths.worker_journal()),
      gpu_(parts_.loop, {.machine = os::has_compute_gpu() ? worker::GpuWatch::Machine::compute_gpu
                                                          : worker::GpuWatch::Machine::no_gpu,
                         .engine = [this] { return engine(); },
                         .path_variable = os::env("PATH").value_or("")}) {}

worker::EngineSearch Workers::engine_search(const std::string& configured) const {
  return {.configured = configured,
          .path_variable = os::env("PATH").value_or(""),
          .user_dir = parts_.paths.engine_dir,
          .tree_dir = parts_.tree_engine,
          .cache_dir = parts_.paths.cache_dir};
}

Expected<worker::Engine> Workers::engine() const {
  return worker::find_engine(engine_search(parts_.settings.engine.path));
}

worker::LoadPlan Workers::plan_of(const scheduler::Load& load) const {
  auto plan = worker::default_plan(load.size, os::usable_cores());
  plan.model = load.path;
  plan.mode = load.mode;
  plan.projector = load.projector;
  if (load.context) plan.context = static_cast<std::uint32_t>(*load.context);
  if (load.slots) plan.slots = static_cast<std::uint32_t>(*load.slots);
  for (const auto& argument : load.arguments) {
    plan.further.push_back({.flag = argument.flag, .value = argument.value});
  }
  return plan;
}

std::shared_ptr<worker::Worker> Workers::make(const scheduler::Target& target) {
  const auto& load = target.load;
  const auto& engine = parts_.settings.engine;
  worker::WorkerConfig config{.model = target.worker.str(),
                              .size = load.size,
                              .plan = plan_of(load),
                              .engine = engine_search(load.engine),
                              .run_dir = parts_.paths.run_dir,
                              .log_dir = parts_.paths.log_dir(),
                              .journal = &journal_,
                              .check_model = [this, files = load.files()] { return check(files); },
                              .policy = {.load_limit = engine.load_timeout},
                              .liveness = {.silence_limit = engine.stall_timeout}};
  if (os::has_gpu()) config.gpu_memory = [this](pid_t pid) { return gpu_.memory_of(pid); };
  config.plan.alias = target.model.str();  // of whatever mode, its answers have the model's name
  return std::make_shared<worker::Worker>(parts_.loop, std::move(config));
}

Task<Expected<worker::ModelTraits>> Workers::check(std::vector<std::string> files) {
  const auto look = co_await parts_.models.look_into(std::move(files));
  if (!look) co_return failure(look.error());
  co_return worker::ModelTraits{.pools = look->pooling != gguf::Pooling::none,
                                .context = look->demand.context};
}

Task<Expected<scheduler::Footprint>> Workers::footprint(scheduler::Target target) {
  const auto& load = target.load;
  const auto plan = plan_of(load);
  scheduler::Footprint footprint{
      .memory = load.size, .reload = time_to_load(load.size), .slots = plan.slots};
  co_await gpu_.look();  // who is not loaded may need room
  const auto look = co_await parts_.models.look_into(load.files());
  // A broken file is told by who loads it.
  if (!look) co_return footprint;
  if (load.mode == worker::Mode::rerank && look->pooling != gguf::Pooling::rank) {
    co_return failure(not_ranking(target.model.str()));
  }
  const gateway::FitCase one{.label = {},
                             .demand = look->demand,
                             .measured = parts_.measurements.find(load.path, load.size)};
  footprint.memory =
      ByteSize(gateway::memory_of(one, {.context = plan.context, .slots = plan.slots}));
  footprint.reload = time_to_load(footprint.memory);
  co_return footprint;
}

std::optional<ByteSize> Workers::memory(ByteSize ours) const {
  if (const auto& set = parts_.settings.models.memory) {
    constexpr std::uint64_t kMegabyte = 1'000'000;
    return ByteSize(static_cast<std::uint64_t>(*set) * kMegabyte);
  }
  const auto total = os::total_memory();
  const auto available = os::available_memory();
  if (!total || !available) return std::nullopt;
  const auto ram = allowed(*total, *available + ours);
  if (!os::has_compute_gpu()) return ram;
  const auto gpu = gpu_.memory();
  // Where the engine does not tell what its GPUs have, it fits the model to them.
  if (!gpu) return std::nullopt;
  return ram + allowed(gpu->total, gpu->free + gpu->own);
}

Task<gateway::MachineFacts> Workers::machine_facts(gateway::MachineLook look) {
  auto facts = co_await parts_.models.machine(look);
  co_await gpu_.look();
  const auto gpu = gpu_.memory().value_or(worker::GpuMemory());
  facts.gpu = gpu.total.bytes();
  facts.gpu_available = gpu.free.bytes();
  co_return facts;
}

gateway::ModelAccess Workers::with_machine(gateway::ModelAccess access) {
  access.machine = [this](gateway::MachineLook look) { return machine_facts(look); };
  return access;
}

scheduler::Machine Workers::machine() {
  scheduler::Machine machine{
      .footprint = [this](scheduler::Target target) { return footprint(std::move(target)); },
      .memory = [this](ByteSize ours) { return memory(ours); },
      .observe = {}};
  if (os::has_compute_gpu()) machine.observe = [this] { return gpu_.look_later(); };
  return machine;
}

}  // namespace llf::daemon
