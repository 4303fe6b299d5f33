#include "net/http_server.hpp"

#include "base/assert.hpp"
#include "log/log.hpp"
#include "net/listener.hpp"
#include "net/loop_context.hpp"
#include "net/message_writer.hpp"
#include "net/session.hpp"
#include "net/task_group.hpp"
#include "net/timer.hpp"

#include <algorithm>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace llf::net {
namespace {

constexpr Refusal kFull{.status = 503,
                        .kind = ErrorKind::unavailable,
                        .code = "too_many_connections",
                        .message = "Too many connections are open; try again later."};

/// What the process may open, less what it needs for itself.
std::size_t connection_limit() {
  rlimit limit{};
  static_cast<void>(::getrlimit(RLIMIT_NOFILE, &limit));  // it fails for wrong arguments only
  const auto files = static_cast<std::size_t>(limit.rlim_cur);
  return std::max(files, limits::kReservedDescriptors * 2) - limits::kReservedDescriptors;
}

Task<void> run_session(ServerState& state, Socket socket, Peer peer) {
  Session session(state, std::move(socket), std::move(peer));
  co_await session.run();
}

}  // namespace

struct HttpServer::Impl {
  Impl(Loop& loop, ServerOptions options)
      : context(context_of(loop)), acceptors(loop, "acceptors"), connections(loop, "connections") {
    state.bodies.limit = options.bodies_in_flight.bytes();
    if (options.max_connections == 0) options.max_connections = connection_limit();
    state.options = std::move(options);
  }

  void start(Accepted client);
  void refuse(const Accepted& client) const;
  Task<void> accept_from(Listener& listener);
  void add(Listener listener);

  LoopContext& context;
  ServerState state;
  std::vector<std::unique_ptr<Listener>> listeners;
  TaskGroup acceptors;
  TaskGroup connections;
  bool serving = false;
};

HttpServer::HttpServer(Loop& loop, ServerOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {}

HttpServer::~HttpServer() = default;

void HttpServer::Impl::add(Listener listener) {
  listeners.push_back(std::make_unique<Listener>(std::move(listener)));
  if (serving) acceptors.spawn(accept_from(*listeners.back()));
}

Expected<std::uint16_t> HttpServer::listen_tcp(const std::string& address, std::uint16_t port) {
  auto listener = Listener::tcp(impl_->context, address, port);
  if (!listener) return failure(listener.error());
  const auto bound = listener->port();
  impl_->add(std::move(*listener));
  return bound;
}

Expected<void> HttpServer::listen_unix(const std::string& path, unsigned mode) {
  auto listener = Listener::unix_socket(impl_->context, path, mode);
  if (!listener) return failure(listener.error());
  impl_->add(std::move(*listener));
  return {};
}

void HttpServer::serve(Handler handler) {
  LLF_ASSERT(!impl_->serving && handler);
  impl_->serving = true;
  impl_->state.handler = std::move(handler);
  for (auto& listener : impl_->listeners) impl_->acceptors.spawn(impl_->accept_from(*listener));
}

Task<void> HttpServer::Impl::accept_from(Listener& listener) {
  for (int accepted = 1;; ++accepted) {
    auto client = co_await listener.accept();
    if (!client) break;
    start(std::move(*client));
    if (accepted % limits::kAcceptsPerTurn == 0) co_await give_turn();
  }
  std::erase_if(listeners, [&listener](const auto& one) { return one.get() == &listener; });
}

void HttpServer::Impl::start(Accepted client) {
  if (connections.size() >= state.options.max_connections) return refuse(client);
  auto socket = Socket::adopt(context, std::move(client.fd));
  if (!socket) {
    log::warn("net", "a new connection is closed: {}", socket.error().message);
    return;
  }
  connections.spawn(run_session(state, std::move(*socket), std::move(client.peer)));
}

// As much of an answer as can be given without keeping the connection.
void HttpServer::Impl::refuse(const Accepted& client) const {
  if (state.secures(client.peer)) return;  // what is sent in the clear is not understood
  const auto response = state.render(kFull);
  const AnswerHead head{.status = response.status,
                        .mode = BodyMode::length,
                        .length = response.body.size(),
                        .keep_alive = false};
  const auto text = write_answer_head(head, response.headers) + response.body;
  static_cast<void>(::send(client.fd.get(), text.data(), text.size(), MSG_NOSIGNAL));
  ::shutdown(client.fd.get(), SHUT_WR);
}

void HttpServer::stop_accepting() {
  for (auto& listener : impl_->listeners) listener->remove_file();
  if (!impl_->serving) impl_->listeners.clear();
  impl_->acceptors.cancel();
}

Task<void> HttpServer::drain(Duration limit) {
  stop_accepting();
  impl_->state.draining = true;
  for (auto* session : impl_->state.sessions) session->close_if_idle();
  co_await impl_->acceptors.join();
  // A join that is cancelled at the deadline cancels the connections, and still waits for them.
  static_cast<void>(co_await detail::run_with_deadline(impl_->connections.join(), limit));
}

std::size_t HttpServer::connections() const {
  return impl_->connections.size();
}

std::size_t HttpServer::active_requests() const {
  return impl_->state.active;
}

}  // namespace llf::net
