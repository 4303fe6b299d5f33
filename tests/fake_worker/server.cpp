#include "server.hpp"

#include "json/json.hpp"

#include "completion.hpp"
#include "requests.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <cstdlib>
#include <ctime>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace llf::fake_worker {
namespace {

constexpr int kRequestsPerConnection = 100;

std::string error_body(int code, std::string_view type, std::string_view message) {
  return json::write(
      json::Object{{"error", {{"code", code}, {"message", message}, {"type", type}}}});
}

/// A name ending in .sock, relative to the current folder. False when it is too long (107 bytes) or
/// exists, like the engine.
int listen_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return -1;
  }
  path.copy(address.sun_path, path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(fd, 128) != 0) {
    return -1;
  }
  return fd;
}

int listen_tcp(const std::string& host, int& port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &address.sin_addr) !=
      1) {
    return -1;
  }
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t size = sizeof(address);
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(fd, 128) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return -1;
  }
  port = ntohs(address.sin_port);
  return fd;
}

}  // namespace

Server::Server(Options options, Script script, const Log& log, const Recorder& recorder)
    : options_(std::move(options)),
      script_(std::move(script)),
      log_(log),
      recorder_(recorder),
      slots_(static_cast<std::size_t>(options_.parallel)) {}

bool Server::listen() {
  if (options_.host.ends_with(".sock")) {
    listener_ = listen_unix(options_.host);
    url_ = "unix://" + options_.host;
  } else {
    listener_ = listen_tcp(options_.host, options_.port);
    url_ = "http://" + options_.host + ":" + std::to_string(options_.port);
  }
  return listener_ >= 0;
}

void Server::accept_forever() {
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) {
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      std::thread([this, fd] { serve(fd); }).detach();
    }
  }
}

void Server::serve(int fd) {
  Connection connection(fd);
  for (int i = 0; i < kRequestsPerConnection; ++i) {
    const auto request = connection.read_request();
    if (!request) {
      return;
    }
    if (i + 1 == kRequestsPerConnection) {
      connection.close_after_this();
    }
    handle(connection, *request);
    if (!connection.keep_alive()) {
      return;
    }
  }
}

bool Server::allowed(const Request& request) const {
  const char* key = std::getenv("LLAMA_API_KEY");
  return key == nullptr || request.header("authorization") == std::string("Bearer ") + key;
}

void Server::handle(Connection& connection, const Request& request) {
  const auto path = request.target.substr(0, request.target.find('?'));
  const auto route = request.method + " " + path;
  if (!ready_) {
    connection.reply(503, error_body(503, "unavailable_error", "Loading model"));
  } else if (path == "/health" || path == "/v1/health") {
    connection.reply(200, R"({"status":"ok"})");
  } else if (path == "/v1/models" || path == "/models") {
    connection.reply(200, models_body());
  } else if (!allowed(request)) {
    connection.reply(401, error_body(401, "authentication_error", "Invalid API Key"));
  } else if (path == "/metrics" && options_.metrics) {
    connection.reply(200,
                     "# HELP llamacpp:requests_total Requests.\n"
                     "# TYPE llamacpp:requests_total counter\nllamacpp:requests_total " +
                         std::to_string(requests_) + "\n",
                     "text/plain; version=0.0.4");
  } else if (path == "/props") {
    connection.reply(200, props_body());
  } else if (path == "/slots" && options_.slots_route) {
    connection.reply(200, slots_body());
  } else if (route == "POST /v1/chat/completions" || route == "POST /chat/completions" ||
             route == "POST /v1/completions") {
    complete(connection, request);
  } else if (route == "POST /apply-template") {
    const auto body = read_body(request.body, script_);
    connection.reply(
        body ? 200 : 400,
        body ? json::write(json::Object{{"prompt", rendered(body->at("messages").get_array())}})
             : error_body(400, "invalid_request_error", body.error().message));
  } else if (route == "POST /tokenize") {
    connection.reply(200, tokens_body(request.body));
  } else if (route == "POST /detokenize") {
    connection.reply(200, text_body(request.body));
  } else if (route == "POST /v1/chat/completions/input_tokens") {
    const auto chat = read_chat(request.body, script_);
    connection.reply(200,
                     json::write(json::Object{{"input_tokens", chat ? chat->prompt_words : 0}}));
  } else if (route == "POST /v1/embeddings") {
    connection.reply(options_.embeddings ? 200 : 501,
                     options_.embeddings
                         ? embeddings_body(request.body, model_name())
                         : error_body(501, "not_supported_error", "no embeddings here"));
  } else if (route == "POST /v1/rerank") {
    connection.reply(options_.rerank ? 200 : 501,
                     options_.rerank ? rerank_body(request.body, model_name())
                                     : error_body(501, "not_supported_error", "no ranking here"));
  } else {
    connection.reply(404, error_body(404, "not_found_error", "File Not Found"));
  }
}

void Server::complete(Connection& connection, const Request& request) {
  const int number = ++requests_;
  json::Object headers;
  for (const auto& [name, value] : request.headers) {
    headers[name] = value;
  }
  recorder_.write({{"event", "request"},
                   {"number", number},
                   {"method", request.method},
                   {"target", request.target},
                   {"headers", std::move(headers)},
                   {"body", request.body}});
  const bool is_text = request.target.starts_with("/v1/completions");
  const auto chat = is_text ? read_text(request.body) : read_chat(request.body, script_);
  const auto& faults = script_.faults;
  if (!chat) {
    connection.reply(400, error_body(400, "invalid_request_error", chat.error().message));
  } else if (faults.error_status != 0) {
    connection.reply(faults.error_status,
                     error_body(faults.error_status, "server_error", faults.error_message));
  } else if (faults.html_200) {
    connection.reply(200, "<html><body>It works!</body></html>", "text/html");
  } else {
    const int slot = take_slot(connection);
    const auto ping = script_.ping.value_or(
        std::chrono::seconds(options_.ping_interval_s > 0 ? options_.ping_interval_s : 1'000'000));
    Completion completion(connection, {script_, ping, model_name(), number}, *chat);
    const bool complete = slot >= 0 && completion.run();
    free_slot(slot);
    if (!complete) {
      connection.close_after_this();
      log_.warn("srv          stop: cancel task, id_task = " + std::to_string(number));
    }
    recorder_.write({{"event", "end"},
                     {"number", number},
                     {"complete", complete},
                     {"events", completion.events()}});
  }
}

/// Waits for a free slot; -1 when the client left before.
int Server::take_slot(const Connection& connection) {
  std::unique_lock lock(slots_mutex_);
  while (true) {
    const auto free = std::ranges::find(slots_, false);
    if (free != slots_.end()) {
      *free = true;
      return static_cast<int>(free - slots_.begin());
    }
    slot_freed_.wait_for(lock, std::chrono::milliseconds(20));
    if (connection.gone_within(std::chrono::milliseconds(0))) {
      return -1;
    }
  }
}

void Server::free_slot(int slot) {
  if (slot >= 0) {
    const std::lock_guard lock(slots_mutex_);
    slots_[static_cast<std::size_t>(slot)] = false;
    slot_freed_.notify_one();
  }
}

std::string Server::model_name() const {
  return options_.alias.empty() ? options_.model : options_.alias;
}

std::string Server::models_body() const {
  const json::Object meta{{"n_ctx", options_.context}, {"n_ctx_train", options_.context}};
  const json::Object model{{"id", model_name()},
                           {"object", "model"},
                           {"created", std::time(nullptr)},
                           {"owned_by", "llamacpp"},
                           {"meta", meta}};
  return json::write(json::Object{{"object", "list"}, {"data", json::Array{model}}});
}

std::string Server::props_body() const {
  const json::Object defaults{{"n_ctx", options_.context / options_.parallel}};
  const json::Object abilities{{"supports_tools", !script_.no_tools},
                               {"supports_tool_calls", !script_.no_tools}};
  return json::write(json::Object{{"default_generation_settings", defaults},
                                  {"total_slots", options_.parallel},
                                  {"model_alias", options_.alias},
                                  {"model_path", options_.model},
                                  {"chat_template", ""},
                                  {"chat_template_caps", abilities},
                                  {"build_info", "fake"},
                                  {"is_sleeping", false}});
}

std::string Server::slots_body() {
  const std::lock_guard lock(slots_mutex_);
  json::Array slots;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots.push_back(json::Object{{"id", i},
                                 {"n_ctx", options_.context / options_.parallel},
                                 {"is_processing", static_cast<bool>(slots_[i])}});
  }
  return json::write(slots);
}

}  // namespace llf::fake_worker
