#pragma once

#include "base/limits.hpp"
#include "json/json.hpp"
#include "log/log.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

/// What llfd serves and how, as one value. What each setting means and accepts is declared in
/// declarations.hpp.
namespace llf::config {

/// How tokens are chosen where a request does not say; nothing: as the engine does.
struct Inference {
  std::optional<double> temperature;
  std::optional<std::int64_t> max_tokens;
  std::optional<double> top_p;
  std::optional<std::int64_t> top_k;
  std::optional<double> min_p;
  std::optional<double> repeat_penalty;
  std::optional<double> presence_penalty;
  std::optional<double> frequency_penalty;
  std::optional<std::int64_t> seed;
  friend bool operator==(const Inference&, const Inference&) = default;
};

/// The settings whose values stand elsewhere, by name, and the references that stand in their place
/// (references.hpp).
using References = std::map<std::string, json::Value, std::less<>>;

/// A model as a user wants it: requested by its name like any other.
struct Profile {
  std::string model;   ///< a model's name, or the path of a .gguf file
  std::string prompt;  ///< of its prompt template; empty: none
  Inference inference;
  std::optional<std::int64_t> context;
  std::optional<std::int64_t> slots;
  std::optional<std::chrono::seconds> keep_alive;
  bool pinned = false;
  json::Object arguments;
  References references;
  friend bool operator==(const Profile&, const Profile&) = default;
};

using Profiles = std::map<std::string, Profile, std::less<>>;

/// What a server takes beside OpenAI's fields, and what it calls them.
enum class Dialect : std::uint8_t { openai, llama, vllm };

/// A server elsewhere that has OpenAI's interface.
struct Endpoint {
  std::string url;      ///< "http://10.0.0.5:8000/v1"
  std::string api_key;  ///< secret; empty: none is sent
  json::Array models;   ///< names; empty: those that it lists
  Dialect dialect = Dialect::openai;
  std::string proxy;         ///< a URL; empty: the environment's
  std::string certificates;  ///< path of the authorities that it is checked by; empty: the system's
  std::chrono::seconds connect_timeout = limits::kEndpointConnect;
  std::chrono::seconds timeout = limits::kEndpointSilence;
  References references;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

using Endpoints = std::map<std::string, Endpoint, std::less<>>;

/// The same for as long as it is used.
struct Settings {
  struct Server {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8000;
    std::string api_key;          ///< secret; empty: none is asked for
    std::string tls_certificate;  ///< path; with tls_key, or both are empty: plain HTTP
    std::string tls_key;          ///< path
    std::chrono::seconds idle_exit = limits::kIdleExit;
    friend bool operator==(const Server&, const Server&) = default;
  } server;

  struct Models {
    std::string folder;
    std::string default_model;
    std::int64_t max_loaded = limits::kMaxLoaded;
    std::optional<std::int64_t> memory;  ///< MB that all may take; nothing: what the machine has
    std::int64_t queue = limits::kQueueLength;             ///< requests that wait for one
    std::chrono::seconds keep_alive = limits::kKeepAlive;  ///< 0: until room is needed
    json::Array preload;                                   ///< names
    friend bool operator==(const Models&, const Models&) = default;
  } models;

  struct Downloads {
    std::optional<std::int64_t> speed_limit;  ///< MB a second
    friend bool operator==(const Downloads&, const Downloads&) = default;
  } downloads;

  struct Engine {
    std::string path;
    std::optional<std::int64_t> context;
    std::optional<std::int64_t> slots;
    std::chrono::seconds load_timeout = limits::kLoadTimeout;
    std::chrono::seconds stall_timeout = limits::kStallTimeout;
    json::Object arguments;
    friend bool operator==(const Engine&, const Engine&) = default;
  } engine;

  Inference inference;

  struct Prompts {
    std::string use;         ///< the template of llf's own chats; empty: none
    json::Object variables;  ///< texts, by name
    friend bool operator==(const Prompts&, const Prompts&) = default;
  } prompts;

  Profiles profiles;
  Endpoints endpoints;

  struct Log {
    log::Level level = log::Level::info;
    friend bool operator==(const Log&, const Log&) = default;
  } log;

  References references;

  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace llf::config
