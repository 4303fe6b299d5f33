#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "config/settings.hpp"
#include "net/event.hpp"
#include "net/http_origin.hpp"
#include "remote/health.hpp"
#include "url/url.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::remote {

/// One server elsewhere, with all that is known of it. Shared by the directory and those who use
/// it. Loop thread.
struct Server {
  Server(std::string its_name, config::Endpoint its_settings, Url its_url)
      : name(std::move(its_name)), settings(std::move(its_settings)), url(std::move(its_url)) {}

  std::string name;
  config::Endpoint settings;
  Url url;
  std::unique_ptr<net::HttpOrigin> origin;  ///< null: its settings cannot be used
  std::optional<Error> broken;              ///< why not
  Health health;
  /// Of single models, by the names that they have there, which have failed: one that cannot be
  /// loaded takes the others nothing away.
  std::map<std::string, Health, std::less<>> ailing;
  std::size_t active = 0;             ///< requests that it answers
  std::vector<std::string> models;    ///< of the settings, else those that it lists
  std::optional<MonoTime> look_next;  ///< when it is asked for them again; nothing: it never was
  bool looking = false;               ///< it is being asked
  net::Event looked;                  ///< pulses when that ends
  std::string error;                  ///< of the last look or request, where that failed

  [[nodiscard]] bool has(std::string_view model) const;
  /// Whether it may get a request for a model.
  [[nodiscard]] bool is_open(std::string_view model, MonoTime now) const;
  /// When it gets requests for a model again; nothing: it does now.
  [[nodiscard]] std::optional<MonoTime> paused_until(std::string_view model, MonoTime now) const;
  /// It lists its models itself, and the list is missing or old.
  [[nodiscard]] bool is_due(MonoTime now) const;
  [[nodiscard]] net::Timeouts timeouts() const;
};

/// Sends a request to a path behind the server's URL, with its key; `after` it the connection is
/// kept for the next one, or closed and everything is to be quick. Errors: those of its settings
/// and of net::HttpOrigin::request.
[[nodiscard]] Task<Expected<net::ClientResponse>> ask(std::shared_ptr<Server> server,
                                                      std::string path, net::ClientRequest request,
                                                      net::Persistence after);

/// Asks for the server's list of models and keeps it, or why there is none; `looking` until then.
[[nodiscard]] Task<void> list_models(std::shared_ptr<Server> server);

}  // namespace llf::remote
