#include "daemon/settings_reports.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace llf::daemon {
namespace {

/// Each name once.
void add_names(std::vector<ModelId>& names, const std::vector<ModelId>& more) {
  for (const auto& name : more) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
}

}  // namespace

void SettingsReports::add(gateway::SettingsReport report) {
  ++generation_;
  newest_.push_back(std::move(report));
  if (newest_.size() > limits::kSettingsReports) newest_.pop_front();
}

gateway::SettingsReport SettingsReports::since(std::int64_t generation) const {
  gateway::SettingsReport all;
  auto number = generation_ - static_cast<std::int64_t>(newest_.size());
  for (const auto& report : newest_) {
    if (++number <= generation) continue;
    all.changes.insert(all.changes.end(), report.changes.begin(), report.changes.end());
    add_names(all.workers.loading, report.workers.loading);
    add_names(all.workers.ending, report.workers.ending);
  }
  return all;
}

}  // namespace llf::daemon
