#pragma once

#include "tls/openssl.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace llf::tls {

/// What OpenSSL takes for a connection: bytes that have come, and bytes that are to go. It never
/// blocks and never fails; without bytes OpenSSL asks again. One thread.
class Wire {
 public:
  /// The end of it for OpenSSL, which must not outlive this; null without memory.
  [[nodiscard]] Owned<BIO> bio();

  void take(std::string_view bytes);
  [[nodiscard]] std::string& going() { return going_; }

  /// For the callbacks: the next of what has come; 0: nothing is there.
  [[nodiscard]] std::size_t give(std::span<char> buffer);

 private:
  std::string come_;
  std::size_t given_ = 0;  ///< of what has come
  std::string going_;
};

}  // namespace llf::tls
