#pragma once

#include "json/skim.hpp"

#include <cstdint>
#include <string_view>

namespace llf::gateway {

/// Which conversation a request belongs to, by what it begins with: of messages all up to the first
/// one of the user, of a prompt its beginning. The next request of the same conversation has the
/// same, though it is longer. Fed with the tokens of the field, as json::skim tells them. Pure.
class SessionKey {
 public:
  void take(const json::Token& token);

  /// 0: there is nothing that it could be known by.
  [[nodiscard]] std::uint64_t value() const { return is_empty_ ? 0 : hash_ | 1; }

 private:
  void add(std::string_view text);

  std::uint64_t hash_ = 0xcbf29ce484222325;  // FNV-1a
  bool is_empty_ = true;
  bool is_role_ = false;   ///< the next value is a message's role
  bool is_users_ = false;  ///< the message is the user's
  bool is_done_ = false;
};

}  // namespace llf::gateway
