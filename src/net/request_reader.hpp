#pragma once

#include "base/task.hpp"
#include "net/chunk_scanner.hpp"
#include "net/exchange.hpp"
#include "net/framing.hpp"
#include "net/http_server.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace llf::net {

/// Bytes of request bodies that a server holds, all connections together.
struct BodyBudget {
  std::uint64_t used = 0;
  std::uint64_t limit = 0;
};

/// One request's share of the budget, given back at its end.
class BodyLease {
 public:
  explicit BodyLease(BodyBudget& budget) : budget_(budget) {}
  BodyLease(const BodyLease&) = delete;
  BodyLease& operator=(const BodyLease&) = delete;
  ~BodyLease() { budget_.used -= held_; }

  [[nodiscard]] bool grow_to(std::uint64_t bytes) {
    budget_.used += bytes - held_;
    held_ = bytes;
    return budget_.used <= budget_.limit;
  }

 private:
  BodyBudget& budget_;
  std::uint64_t held_ = 0;
};

/// Why no (further) request is read: an answer to give first, or none: the client left.
struct Stop {
  std::optional<Refusal> refusal;
};

/// Reads one connection's requests within the limits and deadlines of F40.
class RequestReader {
 public:
  RequestReader(Socket& socket, Inbox& inbox, const ServerOptions& options)
      : socket_(socket), inbox_(inbox), options_(options) {}

  /// Waits for the first byte of a request, holding no buffer. False: there will be none.
  [[nodiscard]] Task<bool> wait_for_request();

  [[nodiscard]] Task<std::expected<RequestHead, Stop>> read_head();

  /// Appends the body to `body`; `lease` grows with it.
  [[nodiscard]] Task<std::expected<void, Stop>> read_body(const BodyFraming& framing,
                                                          std::string& body, BodyLease& lease);

 private:
  enum class Fill : std::uint8_t { ok, ended, timed_out };

  [[nodiscard]] Task<Fill> fill(MonoTime deadline);
  [[nodiscard]] std::expected<bool, Stop> take_chunks(ChunkScanner& scanner, std::string& body);

  Socket& socket_;
  Inbox& inbox_;
  const ServerOptions& options_;
  int reads_ = 0;  ///< since others had a turn
};

}  // namespace llf::net
