#pragma once

#include "base/task.hpp"
#include "net/exchange.hpp"
#include "net/http_server.hpp"
#include "net/request_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>

namespace llf::net {

class Session;

/// What the connections of a server share.
struct ServerState {
  ServerOptions options;
  Handler handler;
  BodyBudget bodies;
  std::unordered_set<Session*> sessions;
  std::size_t active = 0;  ///< requests in a handler
  bool draining = false;

  [[nodiscard]] Response render(const Refusal& refusal) const {
    return options.render ? options.render(refusal) : render_refusal(refusal);
  }

  /// Whether a client's bytes go through a cipher.
  [[nodiscard]] bool secures(const Peer& peer) const {
    return options.cipher_source && !peer.is_unix;
  }
};

/// One client's connection: secures it where that is due, reads requests, has them answered one
/// after the other, and ends. Owned by its task.
class Session {
 public:
  Session(ServerState& server, Socket socket, Peer peer);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  [[nodiscard]] Task<void> run();

  /// Ends the connection when no request is being read or answered.
  void close_if_idle();

 private:
  enum class Next : std::uint8_t { request, linger, close };

  [[nodiscard]] Task<Next> secure();
  [[nodiscard]] Task<std::optional<char>> first_byte(MonoTime deadline);
  [[nodiscard]] Task<void> serve_all();
  [[nodiscard]] Task<Next> serve_one();
  [[nodiscard]] Task<Next> answer_stop(Stop stop, Exchange& exchange);
  [[nodiscard]] Task<Next> settle(Exchange& exchange);
  [[nodiscard]] Task<void> linger();
  [[nodiscard]] Exchange::Facts facts_of(const Request& request) const;
  [[nodiscard]] Request take_request(RequestHead head) const;

  ServerState& server_;
  Socket socket_;
  Peer peer_;
  Inbox inbox_;
  RequestReader reader_;
  bool idle_ = false;
};

}  // namespace llf::net
