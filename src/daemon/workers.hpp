#pragma once

#include "base/task.hpp"
#include "config/settings.hpp"
#include "daemon/models.hpp"
#include "gateway/measurements.hpp"
#include "net/loop.hpp"
#include "os/paths.hpp"
#include "scheduler/scheduler.hpp"
#include "worker/engine.hpp"
#include "worker/gpu_watch.hpp"
#include "worker/journal.hpp"
#include "worker/worker.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace llf::daemon {

/// What workers are made of on this machine, and what they take. Loop thread.
class Workers {
 public:
  /// All of them outlive it; `settings` are those of now.
  struct Parts {
    net::Loop& loop;
    const os::Paths& paths;
    const config::Settings& settings;
    Models& models;
    const gateway::Measurements& measurements;
    std::filesystem::path tree_engine;  ///< EngineSearch::tree_dir
  };

  explicit Workers(Parts parts);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  [[nodiscard]] worker::EngineSearch engine_search(const std::string& configured) const;

  /// The one that workers get now. Errors: those of worker::find_engine.
  [[nodiscard]] Expected<worker::Engine> engine() const;

  [[nodiscard]] std::shared_ptr<worker::Worker> make(const scheduler::Target& target);

  /// What the scheduler asks of the machine.
  [[nodiscard]] scheduler::Machine machine();

  /// The same models, on this machine with its GPUs.
  [[nodiscard]] gateway::ModelAccess with_machine(gateway::ModelAccess access);

  [[nodiscard]] worker::Journal& journal() { return journal_; }

 private:
  [[nodiscard]] worker::LoadPlan plan_of(const scheduler::Load& load) const;
  [[nodiscard]] Task<Expected<worker::ModelTraits>> check(std::vector<std::string> files);
  [[nodiscard]] Task<Expected<scheduler::Footprint>> footprint(scheduler::Target target);
  [[nodiscard]] Task<gateway::MachineFacts> machine_facts(gateway::MachineLook look);
  [[nodiscard]] std::optional<ByteSize> memory(ByteSize ours) const;

  Parts parts_;
  worker::Journal journal_;
  worker::GpuWatch gpu_;
};

}  // namespace llf::daemon
