#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace llf::net {

/// What one connection's bytes go through on their way to the wire: TLS. It does no I/O itself:
/// Socket carries what it takes and gives. Loop thread.
class Cipher {
 public:
  enum class State : std::uint8_t {
    ok,
    starved,  ///< needs more of the wire
    end,      ///< the other end has said that no more comes
    failed,   ///< what came is not its protocol, or was refused; `why` says it
  };
  struct Read {
    State state = State::starved;
    std::size_t bytes = 0;  ///< when ok
  };

  Cipher() = default;
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;
  virtual ~Cipher() = default;

  /// Goes on with the handshake; ok: it is over.
  [[nodiscard]] virtual State shake_hands() = 0;
  /// Takes bytes that came on the wire.
  virtual void take_wire(std::string_view bytes) = 0;
  /// The next plain bytes.
  [[nodiscard]] virtual Read read(std::span<char> plain) = 0;
  /// Takes plain bytes to send; all of them, unless it failed.
  [[nodiscard]] virtual State write(std::string_view plain) = 0;
  /// Says that no more is sent.
  virtual void finish() = 0;
  /// What must go to the wire; whoever sends some erases it.
  [[nodiscard]] virtual std::string& for_wire() = 0;
  /// Of `failed`, in the user's words.
  [[nodiscard]] virtual Error why() const = 0;
};

/// Makes the ciphers of the connections to servers, or of those of clients. Loop thread; outlives
/// what it made.
class CipherSource {
 public:
  CipherSource() = default;
  CipherSource(const CipherSource&) = delete;
  CipherSource& operator=(const CipherSource&) = delete;
  virtual ~CipherSource() = default;

  /// `host`: of the server, whose certificate must be for it; as a server itself: empty. Errors:
  /// `unavailable`, `invalid`: the certificates that it needs cannot be used.
  [[nodiscard]] virtual Expected<std::unique_ptr<Cipher>> cipher_for(std::string_view host) = 0;
};

}  // namespace llf::net
