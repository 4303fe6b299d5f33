#pragma once

#include "base/expected.hpp"
#include "store/digest.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::gateway {

/// The keys that were made for clients on TCP. Only their SHA-256 is kept, in a file of this home
/// that nobody else may read: a key is shown once, when it is made. Loop thread.
class ApiKeys {
 public:
  struct Key {
    std::string name;
    store::Digest sha256;
    std::int64_t created = 0;  ///< seconds since 1970
  };

  explicit ApiKeys(std::filesystem::path file) : file_(std::move(file)) {}

  /// Takes over what the file has; a file that is not there has none. Errors: those of files;
  /// `corrupt`; then there are none.
  [[nodiscard]] Expected<void> load();

  /// A new key of this name. Errors: `invalid` (the name), `conflict` (it is there), `too_large`
  /// (too many), those of files; then nothing has changed.
  [[nodiscard]] Expected<std::string> create(std::string_view name);

  /// Errors: `not_found`; those of files; then nothing has changed.
  [[nodiscard]] Expected<void> revoke(std::string_view name);

  [[nodiscard]] const std::vector<Key>& all() const { return keys_; }

  /// Whether it is one of them, in a time that says nothing about which.
  [[nodiscard]] bool accepts(std::string_view key) const;

 private:
  [[nodiscard]] Expected<void> save(const std::vector<Key>& keys) const;

  std::filesystem::path file_;
  std::vector<Key> keys_;
};

}  // namespace llf::gateway
