#include "net/session.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace llf::net {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr Refusal kNoAnswer{.status = 500,
                            .kind = ErrorKind::internal,
                            .code = "internal",
                            .message = "The request was not answered."};
constexpr Refusal kStopping{.status = 503,
                            .kind = ErrorKind::unavailable,
                            .code = "shutting_down",
                            .message = "The server is shutting down."};
constexpr Refusal kSecuredOnly{.status = 400,
                               .kind = ErrorKind::invalid,
                               .code = "https_only",
                               .message = "This port speaks TLS only: use https:// for http://."};

}  // namespace

Session::Session(ServerState& server, Socket socket, Peer peer)
    : server_(server),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      reader_(socket_, inbox_, server.options) {
  server_.sessions.insert(this);
}

Session::~Session() {
  server_.sessions.erase(this);
}

void Session::close_if_idle() {
  if (idle_) socket_.shutdown_receiving();
}

Task<void> Session::run() {
  if (!server_.secures(peer_)) co_return co_await serve_all();
  idle_ = true;
  const auto next = co_await secure();
  idle_ = false;
  if (next == Next::linger) co_await linger();
  if (next == Next::request) co_await serve_all();
}

Task<void> Session::serve_all() {
  while (!server_.draining) {
    idle_ = true;
    const bool more = co_await reader_.wait_for_request();
    idle_ = false;
    if (!more) break;
    const auto next = co_await serve_one();
    if (next == Next::linger) co_await linger();
    if (next != Next::request) co_return;
  }
  // A kept connection that ends without a word looks like one that was cut.
  if (server_.secures(peer_)) {
    co_await socket_.shutdown_sending(deadline_after(server_.options.linger_time));
  }
}

Task<Session::Next> Session::secure() {
  const auto deadline = deadline_after(server_.options.handshake_timeout);
  const auto first = co_await first_byte(deadline);
  if (!first) co_return Next::close;
  // A method begins with a letter, and nothing in TLS does.
  if (*first >= 'A' && *first <= 'Z') {
    Exchange exchange(socket_, inbox_, facts_of({}));
    co_return co_await answer_stop({.refusal = kSecuredOnly}, exchange);
  }
  auto cipher = server_.options.cipher_source->cipher_for({});
  if (!cipher) {
    log::warn("net", "a client is turned away: {}", cipher.error().message);
    co_return Next::close;
  }
  const auto secured = co_await socket_.secure(std::move(*cipher), deadline - mono_now());
  if (secured) co_return Next::request;
  if (secured.error().kind != ErrorKind::cancelled) {
    log::debug("net", "{} is not let in: {}", peer_.address, secured.error().message);
  }
  co_return Next::close;
}

// It stays where it is. Nothing: none came.
Task<std::optional<char>> Session::first_byte(MonoTime deadline) {
  std::array<char, 1> first{};
  auto seen = socket_.peek(first);
  while (seen.state == IoResult::State::blocked) {
    if (co_await socket_.wait(FdWatch::For::read, deadline) != Wake::woken) co_return std::nullopt;
    seen = socket_.peek(first);
  }
  if (seen.state != IoResult::State::ok) co_return std::nullopt;
  co_return first[0];
}

Request Session::take_request(RequestHead head) const {
  return {.method = std::move(head.method),
          .target = std::move(head.target),
          .path = std::move(head.path),
          .query = std::move(head.query),
          .host = std::move(head.host),
          .minor_version = head.minor_version,
          .headers = std::move(head.headers),
          .body = {},
          .peer = peer_,
          .keep_alive = head.keep_alive && !server_.draining};
}

Exchange::Facts Session::facts_of(const Request& request) const {
  return {.head_only = request.method == "HEAD",
          .minor_version = request.minor_version,
          .keep_alive = request.keep_alive,
          .is_unix = peer_.is_unix,
          .write_timeout = server_.options.write_timeout};
}

Task<Session::Next> Session::serve_one() {
  auto head = co_await reader_.read_head();
  if (!head) {
    Exchange exchange(socket_, inbox_, facts_of({}));
    co_return co_await answer_stop(head.error(), exchange);
  }
  const auto framing = head->body;
  const bool expects_continue = head->expect_continue;
  Request request = take_request(std::move(*head));
  Exchange exchange(socket_, inbox_, facts_of(request));

  if (server_.options.before_body) {
    if (auto early = server_.options.before_body(request)) {
      if (framing.kind != BodyKind::none) exchange.forbid_reuse();
      static_cast<void>(co_await exchange.send(std::move(*early)));
      co_return co_await settle(exchange);
    }
  }
  BodyLease lease(server_.bodies);
  if (framing.kind != BodyKind::none) {
    const bool fits = framing.length <= server_.options.body_limit.bytes();
    if (expects_continue && fits && inbox_.bytes.empty()) {
      static_cast<void>(co_await socket_.write_all({kContinue}, server_.options.write_timeout));
    }
    auto body = co_await reader_.read_body(framing, request.body, lease);
    if (!body) co_return co_await answer_stop(body.error(), exchange);
  }

  Responder responder(exchange);
  ++server_.active;
  co_await server_.handler(request, responder);
  --server_.active;
  co_return co_await settle(exchange);
}

Task<Session::Next> Session::answer_stop(Stop stop, Exchange& exchange) {
  if (!stop.refusal) co_return Next::close;
  exchange.forbid_reuse();
  static_cast<void>(co_await exchange.send(server_.render(*stop.refusal)));
  co_return Next::linger;
}

Task<Session::Next> Session::settle(Exchange& exchange) {
  if (!exchange.started()) {
    const auto& refusal = server_.draining ? kStopping : kNoAnswer;
    static_cast<void>(co_await exchange.send(server_.render(refusal)));
  }
  if (exchange.reusable()) co_return Next::request;
  if (exchange.needs_reset()) {
    socket_.reset_on_close();
    co_return Next::close;
  }
  co_return Next::linger;
}

// Closing with bytes unread would send a reset, which may overtake the answer (SEC-13).
Task<void> Session::linger() {
  const auto deadline = deadline_after(server_.options.linger_time);
  co_await socket_.shutdown_sending(deadline);
  std::uint64_t left = limits::kLingerBytes.bytes();
  for (int reads = 1; left > 0 && !inbox_.ended && mono_now() < deadline; ++reads) {
    const auto result = socket_.try_read(read_scratch());
    if (result.state == IoResult::State::ok) {
      left -= std::min<std::uint64_t>(left, result.bytes);
      if (reads % limits::kReadsPerTurn == 0) co_await give_turn();
    } else if (result.state == IoResult::State::blocked) {
      if (co_await socket_.wait(FdWatch::For::read, deadline) != Wake::woken) co_return;
    } else {
      co_return;
    }
  }
}

}  // namespace llf::net
