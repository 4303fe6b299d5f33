#pragma once

#include "connection.hpp"
#include "options.hpp"
#include "output.hpp"
#include "script.hpp"
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace llf::fake_worker {

/// The routes of llama-server, a thread for each connection. Lives as long as the process.
class Server {
 public:
  Server(Options options, Script script, const Log& log, const Recorder& recorder);

  /// Binds the Unix socket or the address; false when it cannot be done.
  bool listen();

  /// "unix://NAME" or "http://ADDRESS:PORT".
  [[nodiscard]] const std::string& url() const { return url_; }

  /// Accepts until the process ends. Runs on a thread of its own.
  void accept_forever();

  /// From now on /health answers 200.
  void set_ready() { ready_ = true; }

 private:
  void serve(int fd);
  void handle(Connection& connection, const Request& request);
  void complete(Connection& connection, const Request& request);
  [[nodiscard]] bool allowed(const Request& request) const;
  [[nodiscard]] std::string model_name() const;
  [[nodiscard]] std::string models_body() const;
  [[nodiscard]] std::string props_body() const;
  [[nodiscard]] std::string slots_body();
  int take_slot(const Connection& connection);
  void free_slot(int slot);

  Options options_;
  Script script_;
  const Log& log_;
  const Recorder& recorder_;
  std::string url_;
  int listener_ = -1;
  std::atomic<bool> ready_ = false;
  std::atomic<int> requests_ = 0;
  std::mutex slots_mutex_;
  std::condition_variable slot_freed_;
  std::vector<bool> slots_;  ///< true: busy
};

}  // namespace llf::fake_worker
