// A stand-in for llama-server in tests: its interface and its habits, and on demand what can go
// wrong with it. README.md lists the directives of the "model" file that choose the behaviour.

#include "options.hpp"
#include "output.hpp"
#include "script.hpp"
#include "server.hpp"
#include <chrono>
#include <csignal>
#include <ctime>
#include <thread>
#include <unistd.h>

namespace llf::fake_worker {
namespace {

/// The signals that end the process, blocked in every thread; none when they are to be ignored.
sigset_t take_signals(const Faults& faults) {
  sigset_t set;
  sigemptyset(&set);
  std::signal(SIGPIPE, SIG_IGN);
  if (faults.ignore_sigterm) {
    std::signal(SIGTERM, SIG_IGN);
    std::signal(SIGINT, SIG_IGN);
    return set;
  }
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

/// Waits `time` at most; true when a signal to end came.
bool ended_within(const sigset_t& set, milliseconds time) {
  timespec wait{};
  wait.tv_sec = time.count() / 1000;
  wait.tv_nsec = time.count() % 1000 * 1'000'000;
  return sigtimedwait(&set, nullptr, &wait) > 0;
}

[[noreturn]] void leave(const Log& log, int code) {
  log.info("srv    operator(): operator(): cleaning up before exit...");
  ::_exit(code);  // the socket file stays, as it does with the engine
}

/// The time between listening and ready. Comes back only when the model is "loaded".
void load(const Script& script, const Options& options, const Log& log, const sigset_t& signals) {
  log.info("srv    load_model: loading model '" + options.model + "'");
  for (const auto& line : script.log) {
    log.info(line);
  }
  Log::flood(script.flood_log);
  if (ended_within(signals, script.slow_start)) {
    leave(log, 0);
  }
  if (script.faults.exit_at_load) {
    log.error("srv    load_model: failed to load model, '" + options.model + "'");
    log.error("srv  llama_server: exiting due to model loading error");
    ::_exit(*script.faults.exit_at_load);
  }
  while (script.faults.never_ready) {
    if (ended_within(signals, std::chrono::hours(1))) {
      leave(log, 0);
    }
  }
}

int run(int argc, char** argv) {
  const auto options = parse_options({argv + 1, argv + argc});
  const Log log(options);
  std::string error;
  const auto script = read_script(options.model, error);
  if (script && script->faults.missing_lib) {
    constexpr std::string_view kText =
        "llama-server: error while loading shared libraries: libllama.so.0: cannot open shared "
        "object file: No such file or directory\n";
    return ::write(STDERR_FILENO, kText.data(), kText.size()) > 0 ? 127 : 1;
  }
  const auto signals = take_signals(script ? script->faults : Faults());
  const Recorder recorder(script ? script->record : "");
  recorder.write_start(argc, argv);
  log.info("srv  llama_server: initializing ...");

  Server server(options, script.value_or(Script()), log, recorder);
  if (!server.listen()) {
    log.error("srv         start: couldn't bind HTTP server socket, hostname: " + options.host +
              ", port: " + std::to_string(options.port));
    log.error("srv  llama_server: exiting due to HTTP server error");
    return 1;
  }
  if (!script) {
    log.error("gguf_init_from_file: " + error);
    log.error("srv  llama_server: exiting due to model loading error");
    return 1;
  }
  std::thread([&server] { server.accept_forever(); }).detach();
  load(*script, options, log, signals);
  server.set_ready();
  log.ready(script->ready_on, "srv  llama_server: model loaded");
  log.ready(script->ready_on, "srv  llama_server: listening on " + server.url());
  while (!ended_within(signals, std::chrono::hours(1))) {
  }
  leave(log, 0);
}

}  // namespace
}  // namespace llf::fake_worker

int main(int argc, char** argv) {
  return llf::fake_worker::run(argc, argv);
}
