#pragma once

#include "gateway/server_status.hpp"

#include <cstdint>
#include <deque>

namespace llf::daemon {

/// What the newest changes of the settings came to, so that whoever made one can be told, also when
/// the daemon saw it before that was asked. Loop thread.
class SettingsReports {
 public:
  /// Of one more generation.
  void add(gateway::SettingsReport report);

  /// How often settings were taken over.
  [[nodiscard]] std::int64_t generation() const { return generation_; }

  /// What came after that generation, as one report; of many, the newest
  /// limits::kSettingsReports.
  [[nodiscard]] gateway::SettingsReport since(std::int64_t generation) const;

 private:
  std::int64_t generation_ = 0;
  std::deque<gateway::SettingsReport> newest_;  ///< the newest last
};

}  // namespace llf::daemon
