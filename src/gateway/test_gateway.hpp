#pragma once

#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "hub/repair.hpp"
#include "net/run.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>

namespace llf::gateway {

/// A gateway on a Unix socket in a folder of its own, with one model and no engine: for the tests
/// of the routes. What needs workers is tested in tests/integration.
class GatewayTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.listen_unix(socket(), 0600));
    server_.serve([this](net::Request& request, net::Responder& responder) {
      return gateway_.handle(request, responder);
    });
  }
  void TearDown() override {
    static_cast<void>(net::run_until_done(loop_, server_.drain(Duration::zero())));
    static_cast<void>(net::run_until_done(loop_, scheduler_.stop_all()));
    static_cast<void>(net::run_until_done(loop_, elsewhere_.end()));
    std::filesystem::remove_all(folder_);
  }

  struct Answer {
    int status = 0;
    std::string body;
    net::Headers headers{};
  };

  /// Sends one request and reads the whole answer.
  Answer ask(std::string method, std::string target, std::string body = {},
             net::Headers headers = {}) {
    headers.set("Content-Type", "application/json");
    return net::run_until_done(loop_, exchange(socket(), {.method = std::move(method),
                                                          .target = std::move(target),
                                                          .headers = std::move(headers),
                                                          .body = std::move(body)}));
  }

  static Expected<hub::Endpoint> no_hub() {
    return hub::Endpoint{.url = *Url::parse("http://127.0.0.1:1"), .token = "secret"};
  }
  static Expected<worker::Engine> no_engine() { return failure(ErrorKind::not_found, "no engine"); }
  Expected<void> note(os::Successor successor) {
    successor_ = std::move(successor);
    return {};
  }

  [[nodiscard]] std::string socket() const { return (folder_ / "s.sock").string(); }
  [[nodiscard]] std::string log_file() const { return (folder_ / "llfd.log").string(); }

  std::filesystem::path folder_ = make_folder();
  net::Loop loop_;
  store::Catalog catalog_{{{.root = folder_}}};
  config::Settings settings_;
  remote::Directory elsewhere_{
      loop_, [](const char*) { return std::nullopt; },
      [](const std::string&) -> Expected<std::shared_ptr<net::CipherSource>> {
        return failure(ErrorKind::unavailable, "no TLS in this test");
      }};
  scheduler::Names names_{catalog_, settings_, &elsewhere_};
  bool stop_asked_ = false;
  std::optional<os::Successor> successor_;

 private:
  static std::filesystem::path make_folder() {
    std::string folder = testing::TempDir() + "llf-gateway-XXXXXX";
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    std::ofstream(std::filesystem::path(folder) / "tiny.gguf") << "GGUF";
    std::ofstream(std::filesystem::path(folder) / "catalog.json") << R"({"models":[]})";
    return folder;
  }

  static Task<Answer> exchange(std::string socket, net::ClientRequest request) {
    auto response =
        co_await net::request(net::Endpoint::unix_socket(std::move(socket)), std::move(request));
    if (!response) co_return Answer{.status = 0, .body = response.error().message};
    auto body = co_await response->read_all(ByteSize::mib(1));
    co_return Answer{.status = response->status(),
                     .body = body ? *std::move(body) : body.error().message,
                     .headers = response->headers()};
  }

  template <class T>
  static Task<T> give(T value) {
    co_return std::move(value);
  }

  [[nodiscard]] store::OwnFolders own() const { return {.hub_cache = {}, .folder = folder_}; }

  std::shared_ptr<worker::Worker> make_worker(const scheduler::Target& target) {
    worker::WorkerConfig config;
    config.model = target.worker.str();
    config.engine.configured = "/nowhere/llama-server";
    config.run_dir = folder_;
    config.log_dir = folder_;
    return std::make_shared<worker::Worker>(loop_, std::move(config));
  }

  ModelAccess access() {
    return {
        .refresh = []() -> Task<void> { co_return; },
        .places = [this] { return catalog_.shelves(); },
        .details = [](store::ModelFile model) -> Task<Expected<store::Details>> {
          co_return store::read_details(model);
        },
        .machine = [](MachineLook) -> Task<MachineFacts> {
          co_return MachineFacts{
              .memory = 16'000'000'000, .available = 8'000'000'000, .bandwidth = 20'000'000'000};
        },
        .plan_removal =
            [this](store::ModelFile model) { return give(store::plan_removal(model, own())); },
        .remove =
            [this](store::Removal removal) { return give(store::remove_model(removal, own())); },
        .leftovers =
            [this](std::set<std::filesystem::path> wanted, Prune prune) {
              const store::LeftoverPlaces places{
                  .own = own(), .marks = {}, .wanted = std::move(wanted)};
              return give(prune == Prune::remove ? store::remove_leftovers(places)
                                                 : store::find_leftovers(places));
            },
        .import =
            [this](std::filesystem::path from, store::ImportBy by,
                   std::function<void(std::uint64_t)> progress) {
              return give(store::import_models(from, folder_ / "own", by, [&](auto done) {
                progress(done);
                return true;
              }));
            },
        .look_into_bundle =
            [](std::filesystem::path path) { return give(store::look_into_bundle(path)); },
        .import_bundle =
            [this](std::filesystem::path path, std::function<void(std::uint64_t)>) {
              return give(store::import_bundle(path, own(), [](auto) { return true; }));
            },
        .export_bundle =
            [](store::BundleOrder order, std::function<void(std::uint64_t)>) {
              return give(store::export_bundle(order, {}, [](auto) { return true; }));
            },
        .verify = [](store::ModelFile model, std::function<void(std::uint64_t)>)
            -> Task<Expected<std::vector<store::VerifiedFile>>> {
          co_return store::verify_model(model, {}, [](auto) { return true; });
        }};
  }

  scheduler::Scheduler scheduler_{
      loop_, names_, settings_,
      [this](const scheduler::Target& target) { return make_worker(target); }};
  hub::Downloads downloads_{
      loop_,
      {.places = {.cache = folder_ / "hub", .folder = folder_, .catalog = folder_ / "catalog.json"},
       .journal = folder_ / "downloads.json",
       .speed_limit = {}}};
  prompt::Library prompts_{folder_ / "prompts", folder_ / "shipped"};
  Measurements measurements_{folder_ / "measured.json"};
  ApiKeys keys_{folder_ / "keys.json"};
  Gateway gateway_{
      {.names = names_,
       .settings = settings_,
       .prompts = prompts_,
       .scheduler = scheduler_,
       .elsewhere = elsewhere_,
       .hosts = HostCheck("127.0.0.1"),
       .owner_uid = ::geteuid(),
       .server_status =
           [this] {
             return ServerStatus{.home = folder_.string(),
                                 .socket = socket(),
                                 .log_file = log_file(),
                                 .pid = 42,
                                 .started = mono_now(),
                                 .listen_address = "127.0.0.1",
                                 .listen_error = "port taken"};
           },
       .models = access(),
       .downloads = downloads_,
       .measurements = measurements_,
       .keys = keys_,
       .hub = [](const auto&) { return no_hub(); },
       .engine = [] { return no_engine(); },
       .reload_settings =
           [](std::int64_t) { return SettingsReport{.error = "line 1, column 1: no"}; },
       .compare_settings = [](std::string_view text) -> Expected<SettingsReport> {
         if (text != "{}") return failure(ErrorKind::invalid, "not settings");
         return SettingsReport{.changes = {{.name = "server.port",
                                            .from = 8000,
                                            .to = 1,
                                            .effect = config::Effect::restart}},
                               .workers = {.loading = {ModelId("tiny")}, .ending = {}}};
       },
       .stop = [this] { stop_asked_ = true; },
       .restart = [this](os::Successor successor) { return note(std::move(successor)); }}};
  net::HttpServer server_{
      loop_, {.render = refusal_response, .before_body = [this](const net::Request& request) {
                return gateway_.refuse(request);
              }}};
};

}  // namespace llf::gateway
