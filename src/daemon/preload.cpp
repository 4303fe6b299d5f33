#include "daemon/preload.hpp"

#include "log/log.hpp"

#include <string>

namespace llf::daemon {

Task<void> preload(Models& models, scheduler::Scheduler& scheduler, json::Array names) {
  if (names.empty()) co_return;
  co_await models.refresh();
  for (const auto& name : names) {
    const auto loaded =
        co_await scheduler.acquire({.name = ModelId(std::string(name.get_string()))});
    if (!loaded) log::warn("daemon", "models.preload: {}", loaded.error().message);
  }
}

}  // namespace llf::daemon
