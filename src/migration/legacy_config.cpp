#include "migration/legacy_config.hpp"

#include "base/limits.hpp"
#include "migration/endpoint.hpp"
#include "migration/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace llf::migration {
namespace {

constexpr std::array<std::string_view, 6> kFlatServer{"llama_server_path",    "server_host",
                                                      "server_port",          "gguf_file",
                                                      "healthcheck_interval", "server_params"};
constexpr std::array<std::string_view, 3> kFlatEndpoint{"api_base_url", "api_key", "model_name"};
constexpr std::int64_t kUsualPort = 8000;
constexpr std::int64_t kHttpPort = 80;

const json::Object* object_at(const json::Object& members, std::string_view key) {
  const auto* const value = members.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

/// The members whose keys are wanted.
json::Object part(const json::Object& members, bool (*is_wanted)(std::string_view)) {
  json::Object some;
  for (const auto& [key, value] : members) {
    if (is_wanted(key)) some[key] = value;
  }
  return some;
}

/// `default_llm` held where the newer keys did not say.
void add_default(json::Object& members, const json::Object& root, std::string_view key) {
  const auto* const older = object_at(root, "default_llm");
  const auto text = older == nullptr ? std::string() : text_in(*older, key);
  if (!text.empty() && !members.contains(key)) members[key] = text;
}

void gather_servers(LegacyConfig& config) {
  const auto* const list = config.root.if_contains("local_llm_servers");
  if (list != nullptr && list->is_array()) {
    config.shape = LegacyConfig::Shape::servers;
    for (const auto& item : list->get_array()) {
      if (config.servers.size() == limits::kImportedServers) return;
      config.servers.push_back(
          {.prefix = fmt::format("local_llm_servers[{}].", config.servers.size()),
           .members = item.is_object() ? item.get_object() : json::Object()});
    }
    return;
  }
  if (const auto* const one = object_at(config.root, "local_llm_server")) {
    config.shape = LegacyConfig::Shape::one_server;
    config.servers.push_back({.prefix = "local_llm_server.", .members = *one});
    return;
  }
  auto flat = part(config.root, is_flat_server_key);
  add_default(flat, config.root, "gguf_file");
  if (!flat.empty()) config.servers.push_back({.prefix = "", .members = std::move(flat)});
}

std::int64_t port_of(const Server& server) {
  const auto* const port = server.members.if_contains("server_port");
  return port != nullptr && port->is_int64() ? port->get_int64() : kUsualPort;
}

Endpoint endpoint_in(const LegacyConfig& config) {
  return endpoint_of(text_in(config.endpoint, "api_base_url"));
}

/// As the predecessor chose it: by name, else by the endpoint's port, else the only one.
void choose_default(LegacyConfig& config) {
  const auto choose = [&](auto is_it, std::string_view otherwise) {
    const auto found = std::ranges::find_if(config.servers, is_it);
    if (found == config.servers.end()) {
      config.no_default = otherwise;
    } else {
      config.default_server = static_cast<std::size_t>(found - config.servers.begin());
    }
  };
  const auto name = text_in(config.endpoint, "default_local_server");
  if (!name.empty()) {
    return choose([&](const Server& one) { return text_in(one.members, "name") == name; },
                  "no server in local_llm_servers has this name");
  }
  if (config.servers.size() == 1) {
    config.default_server = 0;
    return;
  }
  const auto port = endpoint_in(config).port;
  choose([&](const Server& one) { return port && port_of(one) == *port; },
         "nothing says which server is the default one");
}

}  // namespace

bool is_flat_server_key(std::string_view key) {
  return std::ranges::find(kFlatServer, key) != kFlatServer.end();
}

bool is_flat_endpoint_key(std::string_view key) {
  return std::ranges::find(kFlatEndpoint, key) != kFlatEndpoint.end();
}

Expected<LegacyConfig> read_legacy_config(std::string_view text) {
  if (text.size() > limits::kImportedFile.bytes()) {
    return failure(ErrorKind::too_large,
                   fmt::format("such a file has at most {}", to_string(limits::kImportedFile)));
  }
  auto root = json::parse(text, {.comments = true});
  if (!root) return failure(root.error());
  if (!root->is_object()) {
    return failure(ErrorKind::invalid, "line 1, column 1: it must be an object of settings");
  }
  LegacyConfig config;
  config.root = std::move(root->get_object());
  const auto* const endpoint = object_at(config.root, "llm_endpoint");
  config.endpoint = endpoint == nullptr ? part(config.root, is_flat_endpoint_key) : *endpoint;
  if (endpoint == nullptr) add_default(config.endpoint, config.root, "model_name");
  gather_servers(config);
  choose_default(config);
  const auto leading = config.default_server.value_or(0);
  for (std::size_t i = 0; i < config.servers.size(); ++i) {
    config.servers[i].role = i == leading ? Server::Role::leading : Server::Role::other;
  }
  return config;
}

std::string endpoint_name(const LegacyConfig& config) {
  constexpr std::string_view kNameless = "imported";
  const auto endpoint = endpoint_in(config);
  if (endpoint.host.empty()) return {};
  auto name = as_profile_name(endpoint.host);
  if (name.empty()) name = kNameless;
  if (!is_this_machine(endpoint.host)) return name;
  const std::int64_t port = endpoint.port ? std::int64_t{*endpoint.port} : kHttpPort;
  const bool is_own = config.servers.empty() ? port == kUsualPort
                                             : std::ranges::find(config.servers, port, port_of) !=
                                                   config.servers.end();
  return is_own ? std::string() : name;
}

}  // namespace llf::migration
