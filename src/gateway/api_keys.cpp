#include "gateway/api_keys.hpp"

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "json/json.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/random.h>
#include <utility>

namespace llf::gateway {
namespace {

constexpr std::size_t kRandomBytes = 24;
constexpr std::string_view kPrefix = "llf-";

/// A text that nobody guesses. Errors: the system has no random numbers.
Expected<std::string> new_key() {
  std::array<unsigned char, kRandomBytes> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return failure(ErrorKind::internal,
                   fmt::format("the system gives no random numbers: {}", std::strerror(errno)));
  }
  std::string key(kPrefix);
  for (const auto byte : bytes) key += fmt::format("{:02x}", byte);
  return key;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

Expected<void> check_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= limits::kApiKeyName &&
                    std::ranges::all_of(name, is_name_character);
  if (fits) return {};
  return failure(ErrorKind::invalid,
                 fmt::format("a key's name has 1 to {} letters, digits, dots, dashes and "
                             "underscores",
                             limits::kApiKeyName));
}

std::unexpected<Error> not_keys(const std::filesystem::path& file) {
  return failure(ErrorKind::corrupt,
                 fmt::format("{} is no file of API keys: move it away and make new keys with `llf "
                             "key create NAME`",
                             file.native()));
}

}  // namespace

Expected<void> ApiKeys::load() {
  const auto text = os::read_file(file_, limits::kApiKeyFile);
  if (!text && text.error().kind == ErrorKind::not_found) return {};
  if (!text) return failure(text.error());
  const auto value = json::parse(*text);
  const auto* object = value ? value->if_object() : nullptr;
  const auto* list = object == nullptr ? nullptr : object->if_contains("keys");
  if (list == nullptr || !list->is_array()) return not_keys(file_);
  std::vector<Key> keys;
  for (const auto& item : list->get_array()) {
    const auto* one = item.if_object();
    if (one == nullptr) return not_keys(file_);
    auto name = json::get_string(*one, "name");
    const auto digest = store::Digest::parse(json::get_string_or(*one, "sha256", "").value_or(""));
    if (!name || !digest) return not_keys(file_);
    keys.push_back({.name = *std::move(name),
                    .sha256 = *digest,
                    .created = json::get_int_or(*one, "created", 0).value_or(0)});
  }
  keys_ = std::move(keys);
  return {};
}

Expected<void> ApiKeys::save(const std::vector<Key>& keys) const {
  json::Array list;
  for (const auto& key : keys) {
    list.push_back(
        json::Object{{"name", key.name}, {"sha256", key.sha256.hex()}, {"created", key.created}});
  }
  if (auto made = os::ensure_dir(file_.parent_path()); !made) return made;
  return os::write_file_atomically(file_,
                                   json::write_pretty(json::Object{{"keys", std::move(list)}}));
}

Expected<std::string> ApiKeys::create(std::string_view name) {
  if (auto fits = check_name(name); !fits) return failure(fits.error());
  if (std::ranges::find(keys_, name, &Key::name) != keys_.end()) {
    return failure(ErrorKind::conflict,
                   fmt::format("there is a key '{}': revoke it first, or take another name", name));
  }
  if (keys_.size() >= limits::kApiKeys) {
    return failure(ErrorKind::too_large,
                   fmt::format("there are {} keys, and no more may be", keys_.size()));
  }
  auto key = new_key();
  if (!key) return key;
  auto keys = keys_;
  keys.push_back({.name = std::string(name), .sha256 = store::sha256(*key), .created = unix_now()});
  if (auto saved = save(keys); !saved) return failure(saved.error());
  keys_ = std::move(keys);
  return key;
}

Expected<void> ApiKeys::revoke(std::string_view name) {
  auto keys = keys_;
  if (std::erase_if(keys, [&](const Key& key) { return key.name == name; }) == 0) {
    std::vector<std::string> names;
    names.reserve(keys_.size());
    for (const auto& key : keys_) names.push_back(key.name);
    return failure(ErrorKind::not_found,
                   fmt::format("there is no key '{}'.{}", name, did_you_mean(name, names)));
  }
  if (auto saved = save(keys); !saved) return saved;
  keys_ = std::move(keys);
  return {};
}

bool ApiKeys::accepts(std::string_view key) const {
  const auto presented = store::sha256(key);
  // Digests of what is not known tell nothing; and all of them are looked at.
  std::size_t same = 0;
  for (const auto& known : keys_) same += known.sha256 == presented ? 1U : 0U;
  return same > 0;
}

}  // namespace llf::gateway
