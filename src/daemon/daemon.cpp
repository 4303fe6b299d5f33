#include "daemon/daemon.hpp"

#include "base/limits.hpp"
#include "daemon/guard.hpp"
#include "daemon/idle.hpp"
#include "daemon/listening.hpp"
#include "daemon/live_settings.hpp"
#include "daemon/models.hpp"
#include "daemon/preload.hpp"
#include "daemon/settings_reports.hpp"
#include "daemon/settings_watch.hpp"
#include "daemon/sockets.hpp"
#include "daemon/succession.hpp"
#include "daemon/watchdog.hpp"
#include "daemon/workers.hpp"
#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "hub/downloads.hpp"
#include "hub/endpoint.hpp"
#include "log/log.hpp"
#include "net/event.hpp"
#include "net/http_server.hpp"
#include "net/loop.hpp"
#include "net/run.hpp"
#include "net/signals.hpp"
#include "net/task_group.hpp"
#include "net/timer.hpp"
#include "os/atomic_file.hpp"
#include "os/child_process.hpp"
#include "os/file_lock.hpp"
#include "os/loopback.hpp"
#include "os/paths.hpp"
#include "os/process_facts.hpp"
#include "os/service_manager.hpp"
#include "prompt/library.hpp"
#include "remote/directory.hpp"
#include "scheduler/names.hpp"
#include "scheduler/scheduler.hpp"
#include "store/catalog.hpp"
#include "worker/engine.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <ranges>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace llf::daemon {
namespace {

namespace fs = std::filesystem;

/// Beside llfd in an installed tree and in a build tree.
fs::path beside(const fs::path& program, std::string_view relative) {
  return (program.parent_path() / ".." / relative).lexically_normal();
}

class RunningDaemon final : public Daemon {
 public:
  /// What a start is made of, beside its options.
  struct Parts {
    os::Paths paths;
    os::FileLock lock;
    fs::path program;
    std::vector<os::NamedFd> inherited;
  };

  RunningDaemon(StartOptions options, Parts parts);

  /// Ends what a killed daemon left behind, and listens.
  [[nodiscard]] Expected<void> begin();
  void run(Expected<os::ChildProcess> guard) override;
  [[nodiscard]] std::optional<os::Successor> take_successor() override {
    return std::exchange(successor_, std::nullopt);
  }
  [[nodiscard]] std::string describe() const override;

 private:
  [[nodiscard]] gateway::GatewayOptions gateway_options();
  [[nodiscard]] Workers::Parts worker_parts();
  [[nodiscard]] net::ServerOptions server_options();
  [[nodiscard]] gateway::ServerStatus server_status() const;
  /// Takes the file over; the report is also about generations after `since`.
  gateway::SettingsReport reload_settings(std::int64_t since);
  void apply(const std::vector<config::Change>& changes);
  /// The settings file, and those that it refers to.
  [[nodiscard]] std::vector<fs::path> followed_files() const;
  [[nodiscard]] Expected<gateway::SettingsReport> compare_settings(std::string_view text);
  [[nodiscard]] Task<void> serve();
  [[nodiscard]] Task<void> watch_signals(net::Signals& signals);
  [[nodiscard]] Task<void> watch_idleness();
  /// Begins to end, for another program to take over. Errors: it ends already; that cannot be
  /// started.
  [[nodiscard]] Expected<void> make_room(os::Successor successor);
  /// How long running answers may take when it ends.
  [[nodiscard]] Duration drain_limit() const {
    return successor_ ? Duration(limits::kRestartDrain) : limits::kDrainTimeout;
  }
  [[nodiscard]] Task<void> interrupt_later();
  [[nodiscard]] Task<void> end();

  StartOptions options_;
  os::Paths paths_;
  os::FileLock lock_;
  fs::path program_;
  MonoTime started_ = mono_now();
  net::Loop loop_;
  net::TaskGroup tasks_;
  std::unique_ptr<net::Signals> signals_;
  net::Event stop_;
  net::Event settings_changed_;  ///< pulses
  LiveSettings live_;
  SettingsReports reports_;
  Models models_;
  hub::Downloads downloads_;
  gateway::Measurements measurements_;
  gateway::ApiKeys keys_;
  remote::Directory elsewhere_;
  scheduler::Names names_;
  Workers workers_;
  scheduler::Scheduler scheduler_;
  gateway::Gateway gateway_;
  Expected<std::shared_ptr<net::CipherSource>> cipher_source_;
  net::HttpServer server_;
  Sockets sockets_;
  std::optional<os::Successor> successor_;
  std::uint16_t port_ = 0;
  std::string listen_error_;
};

RunningDaemon::RunningDaemon(StartOptions options, Parts parts)
    : options_(std::move(options)),
      paths_(std::move(parts.paths)),
      lock_(std::move(parts.lock)),
      program_(std::move(parts.program)),
      tasks_(loop_, "daemon"),
      live_(options_.sources, options_.settings),
      models_(loop_, beside(program_, "share/llf/models/llf-nano.gguf"), paths_, options_.settings),
      downloads_(loop_, download_options(paths_, beside(program_, "share/llf/catalog.json"),
                                         live_.current())),
      measurements_(paths_.data_dir / "measured.json"),
      keys_(keys_file(paths_)),
      elsewhere_(loop_, os::env, client_ciphers),
      names_(models_.catalog(), live_.current(), &elsewhere_),
      workers_(worker_parts()),
      scheduler_(loop_, names_, live_.current(),
                 [this](const scheduler::Target& target) { return workers_.make(target); }),
      gateway_(gateway_options()),
      cipher_source_(find_cipher_source(options_.settings.server)),
      server_(loop_, server_options()),
      sockets_(server_, std::move(parts.inherited)) {}

Workers::Parts RunningDaemon::worker_parts() {
  return {.loop = loop_,
          .paths = paths_,
          .settings = live_.current(),
          .models = models_,
          .measurements = measurements_,
          .tree_engine = beside(program_, "lib/llf/engine")};
}

net::ServerOptions RunningDaemon::server_options() {
  return {.render = gateway::refusal_response,
          .before_body = [this](const net::Request& request) { return gateway_.refuse(request); },
          .cipher_source = cipher_source_.value_or(nullptr)};
}

gateway::GatewayOptions RunningDaemon::gateway_options() {
  return {.names = names_,
          .settings = live_.current(),
          .prompts = prompt::Library(paths_.prompts_dir(), beside(program_, "share/llf/prompts")),
          .scheduler = scheduler_,
          .elsewhere = elsewhere_,
          .hosts = gateway::HostCheck(options_.settings.server.host),
          .reach = os::reach_of(options_.settings.server.host),
          .owner_uid = ::geteuid(),
          .server_status = [this] { return server_status(); },
          .models = workers_.with_machine(models_.access()),
          .downloads = downloads_,
          .measurements = measurements_,
          .keys = keys_,
          .hub = [](const auto& named) { return hub::find_endpoint(os::env, named); },
          .engine = [this] { return workers_.engine(); },
          .reload_settings = [this](std::int64_t since) { return reload_settings(since); },
          .compare_settings = [this](std::string_view text) { return compare_settings(text); },
          .stop = [this] { stop_.set(); },
          .restart = [this](os::Successor successor) { return make_room(std::move(successor)); }};
}

gateway::ServerStatus RunningDaemon::server_status() const {
  return {.home = paths_.home.string(),
          .socket = paths_.socket().string(),
          .log_file = paths_.daemon_log().string(),
          .log_lines_dropped = log::dropped_lines(),
          .pid = ::getpid(),
          .on_demand = options_.on_demand,
          .started = started_,
          .listen_address = options_.settings.server.host,
          .listen_port = port_,
          .listen_tls = cipher_source_.value_or(nullptr) != nullptr,
          .listen_error = listen_error_,
          .settings_file = paths_.settings_file().string(),
          .settings_error = live_.error().value_or(""),
          .settings_generation = reports_.generation(),
          .settings_restart = live_.waiting(live_.current()),
          .options = words_of(options_.sources.flags)};
}

gateway::SettingsReport RunningDaemon::reload_settings(std::int64_t since) {
  const auto before = live_.error();
  const auto changes = live_.take(config::read_settings_file(paths_.settings_file()));
  if (live_.error() && live_.error() != before) {
    log::warn("daemon", "the last good settings hold: {}", *live_.error());
  }
  const auto known = std::min(since, reports_.generation());
  if (!changes.empty()) apply(changes);
  auto report = reports_.since(known);
  report.restart = live_.waiting(live_.current());
  report.error = live_.error();
  return report;
}

void RunningDaemon::apply(const std::vector<config::Change>& changes) {
  log::info("daemon", "changed settings: {}",
            fmt::join(changes | std::views::transform(&config::Change::name), ", "));
  log::set_level(live_.current().log.level);
  models_.catalog().set_shelves(models_.shelves(live_.current()));
  elsewhere_.set(live_.current().endpoints);
  reports_.add({.changes = changes, .workers = scheduler_.refresh(), .restart = {}, .error = {}});
  settings_changed_.set();
  settings_changed_.reset();
}

std::vector<fs::path> RunningDaemon::followed_files() const {
  std::vector<fs::path> files{paths_.settings_file()};
  files.insert(files.end(), live_.referenced_files().begin(), live_.referenced_files().end());
  return files;
}

Expected<gateway::SettingsReport> RunningDaemon::compare_settings(std::string_view text) {
  const auto settings =
      live_.settings_with({.path = paths_.settings_file().string(), .text = std::string(text)});
  if (!settings) return failure(ErrorKind::invalid, settings.error().message);
  store::Catalog catalog(models_.shelves(*settings));
  const scheduler::Names names(catalog, *settings, &elsewhere_);
  return gateway::SettingsReport{.changes = config::difference(live_.current(), *settings),
                                 .workers = scheduler_.touched_by(names),
                                 .restart = live_.waiting(*settings),
                                 .error = live_.error()};
}

Expected<void> RunningDaemon::begin() {
  // Before anybody is told that we are ready: a signal then finds us able to end in order.
  auto signals = net::Signals::create(loop_, {SIGTERM, SIGINT, SIGHUP});
  if (!signals) return failure(signals.error());
  signals_ = std::make_unique<net::Signals>(*std::move(signals));
  elsewhere_.set(live_.current().endpoints);
  clear_remains(paths_, workers_.journal());
  if (auto loaded = keys_.load(); !loaded) return loaded;
  // Advisory, for people: the lock decides.
  static_cast<void>(os::write_file_atomically(paths_.pid_file(), fmt::format("{}\n", ::getpid())));
  if (auto control = sockets_.listen_control(paths_.socket().string()); !control) return control;
  const auto& address = options_.settings.server;
  const bool keyed = !address.api_key.empty() || !keys_.all().empty();
  auto allowed = check_reach(address.host, keyed ? Keys::there : Keys::none);
  if (!cipher_source_) allowed = failure(cipher_source_.error());
  auto port = allowed ? sockets_.listen_http(address.host, address.port) : failure(allowed.error());
  if (port) {
    port_ = *port;
    return {};
  }
  const auto error = explain_listen_error(port.error(), address);
  if (!options_.on_demand) return failure(error);
  listen_error_ = error.message;
  log::warn("daemon", "the public port is not served: {}", listen_error_);
  return {};
}

std::string RunningDaemon::describe() const {
  if (!listen_error_.empty()) return listen_error_;
  return "listening on " + http_address(options_.settings.server, port_);
}

void RunningDaemon::run(Expected<os::ChildProcess> guard) {
  tasks_.spawn(keep_guard(loop_, options_.home, std::move(guard)));
  static_cast<void>(net::run_until_done(loop_, serve()));
}

Task<void> RunningDaemon::serve() {
  scheduler_.set_machine(workers_.machine());
  log::info("daemon", "llfd {} started, pid {}, {}", LLF_VERSION, ::getpid(), describe());
  server_.serve([this](net::Request& request, net::Responder& responder) {
    return gateway_.handle(request, responder);
  });
  tasks_.spawn(watch_signals(*signals_));
  tasks_.spawn(watch_settings(
      loop_, [this] { return followed_files(); },
      [this] { reload_settings(reports_.generation()); }));
  tasks_.spawn(keep_watchdog_quiet());
  tasks_.spawn(preload(models_, scheduler_, options_.settings.models.preload));
  if (options_.on_demand) tasks_.spawn(watch_idleness());
  static_cast<void>(co_await stop_.wait());
  co_await end();
  tasks_.cancel();
  co_await tasks_.join();
}

Task<void> RunningDaemon::watch_signals(net::Signals& signals) {
  for (;;) {
    const auto signal = co_await signals.wait();
    if (!signal) co_return;
    log::info("daemon", "signal {}", *signal);
    if (stop_.is_set()) gateway_.interrupt();
    stop_.set();
  }
}

Task<void> RunningDaemon::watch_idleness() {
  for (;;) {
    const auto left = time_until_idle_exit({.now = mono_now(),
                                            .last_active = gateway_.last_active(),
                                            .active = gateway_.active() + downloads_.active(),
                                            .limit = live_.current().server.idle_exit});
    if (left <= Duration::zero()) break;
    const auto either = co_await net::race(net::sleep_for(left), settings_changed_.wait());
    if (!(either.winner == 0 ? either.first : either.second)) co_return;
  }
  log::info("daemon", "idle for {} s", live_.current().server.idle_exit.count());
  stop_.set();
}

Expected<void> RunningDaemon::make_room(os::Successor successor) {
  if (stop_.is_set()) return failure(ErrorKind::conflict, "llfd is about to end");
  auto heir = with_inheritance(std::move(successor), lock_, sockets_);
  if (!heir) return failure(heir.error());
  successor_ = *std::move(heir);
  log::info("daemon", "making room for {}", successor_->argv.front());
  stop_.set();
  return {};
}

Task<void> RunningDaemon::interrupt_later() {
  if (co_await net::sleep_for(drain_limit())) gateway_.interrupt();
}

Task<void> RunningDaemon::end() {
  log::info("daemon", "stopping; {} requests are running", gateway_.active());
  if (!successor_) os::notify_service_manager("STOPPING=1");
  // Running answers get their time; then they end with an error event that says so, and only what
  // does not even take that is cut.
  gateway_.announce_end();
  tasks_.spawn(interrupt_later());
  co_await downloads_.end();
  co_await server_.drain(drain_limit() + limits::kInterruptTime);
  co_await scheduler_.stop_all();
  co_await elsewhere_.end();
  std::error_code code;
  fs::remove(paths_.pid_file(), code);
  log::info("daemon", "stopped");
}

}  // namespace

Expected<std::unique_ptr<Daemon>> Daemon::create(const StartOptions& options,
                                                 std::vector<os::NamedFd> inherited) {
  auto program = os::executable_path();
  if (!program) return failure(program.error());
  auto paths = os::resolve_paths({.home = options.home});
  if (!paths) return failure(paths.error());
  if (auto made = os::ensure_run_dir(*paths); !made) return failure(made.error());
  auto lock = lock_home(*paths, inherited);
  if (!lock) return failure(lock.error());
  if (auto opened =
          log::open({.file = paths->daemon_log().string(), .level = options.settings.log.level});
      !opened) {
    return failure(opened.error());
  }
  auto daemon = std::make_unique<RunningDaemon>(
      options, RunningDaemon::Parts{.paths = *paths,
                                    .lock = *std::move(lock),
                                    .program = *program,
                                    .inherited = std::move(inherited)});
  if (auto begun = daemon->begin(); !begun) {
    log::error("daemon", "{}", begun.error().message);
    return failure(begun.error());
  }
  return daemon;
}

}  // namespace llf::daemon
