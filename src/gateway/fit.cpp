#include "gateway/fit.hpp"

#include "base/limits.hpp"
#include "worker/command_line.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace llf::gateway {
namespace {

/// Of the bandwidth that was measured a model reaches so much: sums are computed between reads.
constexpr double kReached = 0.85;

/// Tokens a second: below it nobody likes to wait for an answer.
constexpr double kTalkative = 4;

/// What recommendations are judged with.
constexpr gguf::Loading kUsual{.context = 8192, .slots = 1};

struct Recommended {
  const hub::CatalogModel* model;
  const hub::CatalogModel::Quantisation* quantisation;
  gguf::Demand demand;
  Fit fit;
  double speed;
};

bool is_for(const hub::CatalogModel& model, std::string_view use) {
  const std::string_view wanted = use.empty() ? "chat" : use;
  return std::ranges::find(model.uses, wanted) != model.uses.end();
}

/// The usual quantisation where that fits, else the largest that does; none when none does.
std::optional<Recommended> best_of(const hub::CatalogModel& model, const MachineFacts& machine) {
  std::optional<Recommended> best;
  for (const auto& quantisation : model.quantisations) {
    const auto demand = demand_of(model, quantisation);
    const auto fit = judge_fit(gguf::plan_memory(demand, kUsual).total(), machine);
    if (fit == Fit::no) continue;
    const auto rank = [](const Recommended& one) {
      return std::tuple(one.quantisation->name == "Q4_K_M", one.quantisation->size.bytes());
    };
    const Recommended found{.model = &model,
                            .quantisation = &quantisation,
                            .demand = demand,
                            .fit = fit,
                            .speed = estimate_speed(demand, machine)};
    if (!best || rank(found) > rank(*best)) best = found;
  }
  return best;
}

json::Object measured_facts(const Measured& measured) {
  return {{"rss_bytes", measured.rss},
          {"gpu_bytes", measured.gpu},
          {"context", measured.loading.context},
          {"slots", measured.loading.slots},
          {"when", measured.when}};
}

/// Whether its header tells what a token in the context takes.
bool tells_context(const gguf::Demand& demand) {
  return demand.kv_per_token > 0 || demand.kv_window > 0;
}

/// What models may take of the machine.
std::uint64_t most_of(const MachineFacts& machine) {
  const auto all = gguf::sum_of(machine.memory, machine.gpu);
  return static_cast<std::uint64_t>(static_cast<double>(all) * limits::kModelMemory);
}

json::Value speed_json(double speed) {
  return speed > 0 ? json::Value(speed) : json::Value(nullptr);
}

}  // namespace

std::string_view to_string(Fit fit) {
  switch (fit) {
    case Fit::yes:
      return "yes";
    case Fit::tight:
      return "tight";
    case Fit::no:
      return "no";
  }
  return "no";
}

Fit judge_fit(std::uint64_t bytes, const MachineFacts& machine) {
  if (bytes <= gguf::sum_of(machine.available, machine.gpu_available)) return Fit::yes;
  return bytes <= most_of(machine) ? Fit::tight : Fit::no;
}

std::uint64_t memory_of(const FitCase& one, const gguf::Loading& loading) {
  const auto planned = gguf::plan_memory(one.demand, loading).total();
  if (!one.measured) return planned;
  const auto then = gguf::plan_memory(one.demand, one.measured->loading).total();
  const auto least = one.demand.weights;
  return std::max(least, gguf::rest_of(gguf::sum_of(planned, one.measured->memory()), then));
}

double estimate_speed(const gguf::Demand& demand, const MachineFacts& machine) {
  constexpr std::uint64_t kFewTokens = 256;
  const auto bytes = gguf::bytes_per_token(demand, kFewTokens);
  if (machine.bandwidth == 0 || machine.gpu > 0 || bytes == 0) return 0;
  return static_cast<double>(machine.bandwidth) * kReached / static_cast<double>(bytes);
}

gguf::Loading loading_of(const WantedLoading& wanted, const config::Settings::Engine& engine,
                         ByteSize size, const gguf::Demand& demand) {
  const auto usual = worker::default_plan(size, 1);
  auto context = static_cast<std::uint64_t>(engine.context.value_or(usual.context));
  if (demand.context > 0) context = std::min(context, demand.context);
  const auto slots = engine.slots.value_or(usual.slots);
  return {.context = wanted.context.value_or(context),
          .slots = wanted.slots.value_or(static_cast<std::uint64_t>(slots))};
}

hub::FitsHere fits_here(const WantedLoading& wanted, const config::Settings::Engine& engine,
                        const MachineFacts& machine) {
  return [wanted, engine, machine](const gguf::Demand& demand) {
    const auto loading = loading_of(wanted, engine, ByteSize(demand.weights), demand);
    return judge_fit(gguf::plan_memory(demand, loading).total(), machine) != Fit::no;
  };
}

json::Object fit_json(const FitCase& one, const gguf::Loading& loading,
                      const MachineFacts& machine) {
  const auto& demand = one.demand;
  const auto plan = gguf::plan_memory(demand, loading);
  const auto total = memory_of(one, loading);
  const auto most = most_of(machine);
  // What it takes beyond the plan, it takes with every context.
  const auto surplus = total > plan.total() ? total - plan.total() : 0;
  const auto context = gguf::largest_context(demand, loading.slots, most - std::min(most, surplus));
  const auto speed = one.measured ? one.measured->tokens_per_s : estimate_speed(demand, machine);
  return {{"label", one.label},
          {"size_bytes", demand.weights},
          {"memory", json::Object{{"weights_bytes", plan.weights},
                                  {"kv_bytes", tells_context(demand) ? json::Value(plan.kv)
                                                                     : json::Value(nullptr)},
                                  {"compute_bytes", plan.compute},
                                  {"other_bytes", plan.other},
                                  {"total_bytes", total}}},
          {"fit", to_string(judge_fit(total, machine))},
          {"largest_context",
           context && tells_context(demand) ? json::Value(*context) : json::Value(nullptr)},
          {"trained_context", demand.context},
          {"tokens_per_s", speed_json(speed)},
          {"measured",
           one.measured ? json::Value(measured_facts(*one.measured)) : json::Value(nullptr)}};
}

json::Array rank_fits(const std::vector<FitCase>& cases, const gguf::Loading& loading,
                      const MachineFacts& machine) {
  std::vector<const FitCase*> ranked;
  ranked.reserve(cases.size());
  for (const auto& one : cases) ranked.push_back(&one);
  std::ranges::sort(ranked, {}, [&](const FitCase* one) {
    return std::tuple(judge_fit(memory_of(*one, loading), machine), ~one->demand.weights, one);
  });
  json::Array fits;
  for (const auto* one : ranked) {
    auto fit = fit_json(*one, loading, machine);
    fit["chosen"] = one == cases.data();
    fits.push_back(std::move(fit));
  }
  return fits;
}

gguf::Demand demand_of(const hub::CatalogModel& model,
                       const hub::CatalogModel::Quantisation& quantisation) {
  // Of a model that nobody has looked into: its buffers are those of a large one.
  constexpr std::uint64_t kEmbedding = 4096;
  constexpr std::uint64_t kFeedForward = 14336;
  const auto weights = quantisation.size.bytes();
  gguf::Demand demand{.weights = weights,
                      .repacked = gguf::repacked_of(quantisation.name, weights),
                      .kv_per_token = model.kv_per_token,
                      .embedding = kEmbedding,
                      .feed_forward = kFeedForward,
                      .context = model.context};
  if (model.active_parameters < model.parameters && model.parameters > 0) {
    demand.experts = weights;
    demand.experts_used =
        static_cast<double>(model.active_parameters) / static_cast<double>(model.parameters);
  }
  return demand;
}

json::Array recommend(const std::vector<hub::CatalogModel>& catalog, std::string_view use,
                      const MachineFacts& machine) {
  std::vector<Recommended> found;
  for (const auto& model : catalog) {
    if (!is_for(model, use)) continue;
    if (auto best = best_of(model, machine)) found.push_back(*best);
  }
  const auto is_slow = [](const Recommended& one) {
    return one.speed > 0 && one.speed < kTalkative;
  };
  std::ranges::sort(found, std::greater{}, [&](const Recommended& one) {
    return std::tuple(!is_slow(one), one.fit == Fit::yes, one.model->rank);
  });
  json::Array list;
  for (const auto& one : found) {
    list.push_back(json::Object{{"name", one.model->name},
                                {"title", one.model->title},
                                {"about", one.model->about},
                                {"license", one.model->license},
                                {"repository", one.model->repository},
                                {"quantisation", one.quantisation->name},
                                {"size_bytes", one.quantisation->size.bytes()},
                                {"memory_bytes", gguf::plan_memory(one.demand, kUsual).total()},
                                {"fit", to_string(one.fit)},
                                {"tokens_per_s", speed_json(one.speed)},
                                {"slow", is_slow(one)}});
  }
  return list;
}

}  // namespace llf::gateway
