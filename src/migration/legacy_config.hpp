#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"
#include "migration/server.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::migration {

/// A config.json of the predecessor, put in order but not judged yet.
struct LegacyConfig {
  /// Which version's shape holds; the keys of the others had no effect.
  enum class Shape : std::uint8_t { flat, one_server, servers } shape = Shape::flat;
  json::Object root;
  std::vector<Server> servers;                ///< an entry for each, objects or not
  std::optional<std::size_t> default_server;  ///< of them
  std::string no_default = {};                ///< why there is none, in half a sentence
  json::Object endpoint;                      ///< of `llm_endpoint`, or of flat keys
};

/// The keys of the oldest shape, which stood at the top of the file.
[[nodiscard]] bool is_flat_server_key(std::string_view key);
[[nodiscard]] bool is_flat_endpoint_key(std::string_view key);

/// Errors: `invalid`, with line and column, for what is no JSON object; `too_large`. Pure.
[[nodiscard]] Expected<LegacyConfig> read_legacy_config(std::string_view text);

/// The name that the endpoint has now: its host; empty when it was one of the servers. Pure.
[[nodiscard]] std::string endpoint_name(const LegacyConfig& config);

}  // namespace llf::migration
