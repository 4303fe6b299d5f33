#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "config/references.hpp"
#include "config/settings.hpp"
#include "net/cipher.hpp"
#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"
#include "net/task_group.hpp"
#include "remote/health.hpp"
#include "remote/retry_budget.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace llf::remote {

struct Server;

/// Makes what TLS needs of the authorities in a file (empty: those of the system).
using MakeCiphers = std::function<Expected<std::shared_ptr<net::CipherSource>>(const std::string&)>;

/// A model that servers elsewhere have.
struct RemoteModel {
  std::string id;    ///< as it is listed here; "endpoint/model" where one server was named
  std::string name;  ///< as they call it
  friend bool operator==(const RemoteModel&, const RemoteModel&) = default;
};

/// A server elsewhere as people see it.
struct EndpointStatus {
  std::string name;
  std::string url;
  Health::State state = Health::State::good;
  std::optional<Duration> pause;    ///< until it is tried again
  std::size_t active = 0;           ///< requests that it answers
  std::vector<std::string> models;  ///< that are known
  std::string error;                ///< of the last look or request, where that failed
};

/// A server that answers one request: it counts as used while this lives, and learns how that went.
/// Moves. Loop thread.
class Use {
 public:
  Use(Use&& other) noexcept;
  Use& operator=(Use&&) = delete;
  ~Use();

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const config::Endpoint& settings() const;

  /// Sends a request to a path behind the endpoint's URL, "/chat/completions", with its key.
  /// Errors: those of net::HttpOrigin::request, with the endpoint's name.
  [[nodiscard]] Task<Expected<net::ClientResponse>> ask(std::string path,
                                                        net::ClientRequest request);

  /// How it went; once. Without any of it nothing is known: the client left. What failed is the
  /// server, or the model alone.
  void served();
  void failed(const Error& why);
  void model_failed(const Error& why);
  void busy(Duration wait);

 private:
  friend class Directory;
  Use(std::shared_ptr<Server> server, std::string model);
  /// How the model is at that server, where it has failed; else null.
  [[nodiscard]] Health* ailing() const;

  std::shared_ptr<Server> server_;
  std::string model_;  ///< as the server calls it
  bool told_ = false;
};

/// The servers elsewhere that the settings name: which models they have, how they are, and which of
/// them answers a request. Owned by the daemon; loop thread.
class Directory {
 public:
  /// `environment` tells the proxies.
  Directory(net::Loop& loop, config::Environment environment, MakeCiphers make_ciphers);
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  /// These are the servers from now on. What is known of one that is the same stays.
  void set(const config::Endpoints& endpoints);

  /// Looks at the lists of models that are not known or older than limits::kModelsInterval; returns
  /// when they have come, or failed, after limits::kModelsTimeout at most.
  [[nodiscard]] Task<void> refresh();

  /// Whether `refresh` has something to look at.
  [[nodiscard]] bool is_due() const;

  /// The model that a name means: a model's whole name, "endpoint/model", or the beginning of just
  /// one of them.
  [[nodiscard]] std::optional<RemoteModel> find(std::string_view name) const;

  /// The names of all models, each once, in alphabetical order.
  [[nodiscard]] std::vector<std::string> models() const;

  /// The dialects of the servers that have it.
  [[nodiscard]] std::set<config::Dialect> dialects(const RemoteModel& model) const;

  /// A server for a request, none of `tried`. `session` as of `choose`. Errors: `not_found` (no
  /// server has it any more), `unavailable` (each of them is left alone for a while, and why);
  /// those of their settings.
  [[nodiscard]] Expected<Use> acquire(const RemoteModel& model, std::uint64_t session,
                                      const std::set<std::string>& tried);

  /// Until one of the servers of a model is tried again, where all are left alone.
  [[nodiscard]] std::optional<Duration> pause(const RemoteModel& model) const;

  [[nodiscard]] RetryBudget& retries() { return retries_; }

  [[nodiscard]] std::vector<EndpointStatus> status() const;

  /// Gives up what is under way: nobody uses it any more.
  [[nodiscard]] Task<void> end();

 private:
  [[nodiscard]] std::shared_ptr<Server> make_server(const std::string& name,
                                                    const config::Endpoint& settings);
  [[nodiscard]] std::vector<std::shared_ptr<Server>> servers_of(const RemoteModel& model) const;

  net::Loop& loop_;
  config::Environment environment_;
  MakeCiphers make_ciphers_;
  net::Resolver resolver_;
  std::map<std::string, std::shared_ptr<Server>, std::less<>> servers_;
  RetryBudget retries_;
  net::TaskGroup tasks_;
};

}  // namespace llf::remote
