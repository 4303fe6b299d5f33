#pragma once

#include "base/expected.hpp"
#include "config/settings.hpp"
#include "gateway/api.hpp"
#include "json/skim.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace llf::gateway {

/// One field of a request that goes on to the engine (SEC-20): what is not declared does not.
struct Parameter {
  std::string_view name;
  std::uint8_t types = 0;  ///< which JSON values it may be
  double least = 0;        ///< of numbers
  double most = 0;
  std::uint8_t apis = 0;         ///< which have it
  std::string_view engine_name;  ///< how engines call it; empty: the same
  std::size_t most_items = 0;    ///< of a list or an object; 0: any number
};

/// The field of this name that llama-server takes; nullptr when it has none. Pure.
[[nodiscard]] const Parameter* find_parameter(Api api, std::string_view name);

/// What a server of that dialect calls a field of a request; nothing: it does not take it. What it
/// calls otherwise lives for ever, else it is `name`. Pure.
[[nodiscard]] std::optional<std::string_view> name_in(config::Dialect dialect, Api api,
                                                      std::string_view name);

/// Whether the beginning of a value, as it is skimmed, is one that the field may have; null always
/// is. Errors: `invalid`, which says what it must be. Pure.
[[nodiscard]] Expected<void> check_value(const Parameter& parameter, const json::Token& value);

/// The same for a value within a list of it. Pure.
[[nodiscard]] Expected<void> check_item(const Parameter& parameter, const json::Token& value);

/// Whether a value within counts for `most_items`: of texts each, not each token of one. Pure.
[[nodiscard]] bool counts(const Parameter& parameter, const json::Token& value);

}  // namespace llf::gateway
