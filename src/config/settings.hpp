#pragma once

#include "base/limits.hpp"
#include "log/log.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace llf::config {

/// What llfd serves and how: one value, the same for as long as it is used. What each setting means
/// and accepts is declared in declarations.hpp.
struct Settings {
  struct Server {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8000;
    std::chrono::seconds idle_exit = limits::kIdleExit;
    friend bool operator==(const Server&, const Server&) = default;
  } server;

  struct Models {
    std::string folder;
    std::int64_t max_loaded = limits::kMaxLoaded;
    friend bool operator==(const Models&, const Models&) = default;
  } models;

  struct Engine {
    std::string path;
    std::chrono::seconds load_timeout = limits::kLoadTimeout;
    std::chrono::seconds stall_timeout = limits::kStallTimeout;
    friend bool operator==(const Engine&, const Engine&) = default;
  } engine;

  struct Log {
    log::Level level = log::Level::info;
    friend bool operator==(const Log&, const Log&) = default;
  } log;

  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace llf::config
