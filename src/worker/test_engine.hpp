#pragma once

#include "net/http_server.hpp"
#include "net/loop.hpp"
#include "net/run.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "os/test_folder.hpp"
#include "worker/worker.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llf::worker {

/// For tests of what happens around a process: engines that are shell scripts. Such an engine
/// answers requests through a server of the test, to which it links its socket.
class TestEngines {
 public:
  TestEngines() : server(loop) {
    EXPECT_TRUE(os::ensure_dir(run_dir()));
    EXPECT_TRUE(server.listen_unix(health_socket().native(), 0600));
    server.serve([this](net::Request&, net::Responder& responder) { return answer(responder); });
  }

  /// Runs the loop until the task has ended.
  template <class T>
  auto run(Task<T> task) {
    return net::run_until_done(loop, std::move(task));
  }

  ~TestEngines() { run(server.drain(std::chrono::seconds(0))); }

  /// Makes the engine that workers start from now on. `script` is what it does after it has linked
  /// its socket; `ready` in it prints the two lines of readiness, without it /health says no.
  void make(std::string_view script) {
    static constexpr std::string_view kEngine = R"(#!/bin/sh
case "$1" in
--version) echo 'version: test'; exit ;;
--help) echo '--model FNAME  x'; echo '--host HOST  x'; exit ;;
esac
ready() {{ echo 'srv: model loaded' >&2; echo 'srv: listening on it' >&2; }}
while [ $# -gt 0 ]; do
  if [ "$1" = --host ]; then ln -s {} "$2"; fi
  shift
done
echo spawn >>{}
{}
)";
    status = script.contains("ready") ? 200 : 503;
    const auto text =
        fmt::format(kEngine, health_socket().native(), spawns_file().native(), script);
    ASSERT_TRUE(os::write_file_atomically(folder / "engine", text, 0755));
  }

  [[nodiscard]] WorkerConfig config() {
    WorkerConfig config;
    config.model = "test-model";
    config.size = ByteSize::mib(1);
    config.plan.model = folder / "model.gguf";
    config.engine.configured = (folder / "engine").native();
    config.engine.cache_dir = folder / "cache";
    config.run_dir = run_dir();
    config.log_dir = folder / "log";
    return config;
  }

  [[nodiscard]] std::size_t spawns() const {
    const auto text = os::read_file(spawns_file(), ByteSize::mib(1));
    return text ? static_cast<std::size_t>(std::ranges::count(*text, '\n')) : 0;
  }

  [[nodiscard]] std::filesystem::path run_dir() const { return folder / "run"; }

  /// Files in the run folder but for the test's own socket.
  [[nodiscard]] std::size_t leftovers() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(run_dir())) {
      if (entry.path() != health_socket()) ++count;
    }
    return count;
  }

  os::TestFolder folder;
  net::Loop loop;
  net::HttpServer server;
  int status = 503;  ///< of every answer

 private:
  [[nodiscard]] std::filesystem::path health_socket() const { return run_dir() / "t.sock"; }
  [[nodiscard]] std::filesystem::path spawns_file() const { return folder / "spawns"; }
  Task<void> answer(net::Responder& responder) {
    static_cast<void>(co_await responder.send({.status = status, .body = "{}"}));
  }
};

/// The base of tests with one worker.
struct WorkerTest : testing::Test {
  TestEngines engines;
  std::unique_ptr<Worker> worker;

  void TearDown() override {
    if (worker) engines.run(worker->close());
    EXPECT_EQ(engines.leftovers(), 0U) << "a socket or a temporary file is left";
  }

  void begin(std::string_view script) { begin(script, engines.config()); }
  void begin(std::string_view script, WorkerConfig config) {
    engines.make(script);
    worker = std::make_unique<Worker>(engines.loop, std::move(config));
  }

  Expected<Lease> acquire() { return engines.run(worker->acquire()); }
};

}  // namespace llf::worker
