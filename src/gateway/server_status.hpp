#pragma once

#include "base/clock.hpp"
#include "config/difference.hpp"
#include "scheduler/scheduler.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace llf::gateway {

/// What `/llf/v1/status` tells of the daemon itself; filled in by the composition root.
struct ServerStatus {
  std::string home;
  std::string socket;
  std::string log_file;
  std::uint64_t log_lines_dropped = 0;  ///< that could not be written, workers' lines too (F62)
  int pid = 0;
  bool on_demand = false;
  MonoTime started;
  std::string listen_address;
  std::uint16_t listen_port = 0;  ///< 0: the public port is not served
  bool listen_tls = false;        ///< with TLS
  std::string listen_error;       ///< why it is not
  std::string settings_file;
  std::string settings_error;            ///< what is wrong with it, while the last good ones hold
  std::int64_t settings_generation = 0;  ///< how often changed ones were taken over
  std::vector<std::string> settings_restart;  ///< settings that wait for a restart
  std::vector<std::string> options;           ///< settings of its command line, as words
};

/// What taking over, or comparing, settings comes to.
struct SettingsReport {
  std::vector<config::Change> changes;
  scheduler::Touched workers;
  std::vector<std::string> restart;  ///< settings that wait for a restart
  std::optional<std::string> error;  ///< what is wrong with the file
};

}  // namespace llf::gateway
