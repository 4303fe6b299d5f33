// Settings that were taken can be shown, and what is shown is taken as the same; a change of one of
// them changes that one; an error says where and is bounded.
#include "config/difference.hpp"
#include "config/place.hpp"
#include "config/reader.hpp"
#include "json/edit.hpp"
#include "json/json.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::fuzz {
namespace {

constexpr std::size_t kLongestError = 1000;
constexpr std::string_view kSecret = "a-secret";

// Only odd variables are set, so that both cases come.
std::optional<std::string> variable(const char* name) {
  if (std::string_view(name).size() % 2 == 0) return std::nullopt;
  return std::string(kSecret);
}

Expected<config::ReadSettings> read(std::string_view text) {
  return config::read_settings(text, {}, config::look_up_in(variable));
}

void check_error(const Error& error) {
  LLF_ASSERT(!error.message.empty() && error.message.size() < kLongestError);
  LLF_ASSERT(!error.message.contains(kSecret));
}

/// Reading a fraction may miss it by the last bit of a double.
bool are_same(const json::Value& a, const json::Value& b) {
  if (a.is_double() && b.is_double()) {
    const double most = std::max(std::abs(a.get_double()), std::abs(b.get_double()));
    return std::abs(a.get_double() - b.get_double()) <= most * 1e-12;
  }
  if (a.is_object() && b.is_object()) {
    return std::ranges::equal(a.get_object(), b.get_object(), [](const auto& one, const auto& two) {
      return one.key() == two.key() && are_same(one.value(), two.value());
    });
  }
  if (a.is_array() && b.is_array()) {
    return std::ranges::equal(a.get_array(), b.get_array(), are_same);
  }
  return a == b;
}

void check_shown(const config::ReadSettings& taken) {
  const auto shown = config::as_file(taken.settings);
  const auto text = json::write(shown);
  LLF_ASSERT(taken.settings.server.api_key.empty() || text.contains("***"));
  const auto again = read(text);
  LLF_ASSERT(again && are_same(config::as_file(again->settings), shown));
  for (const auto name : taken.named) LLF_ASSERT(config::find_place(name));
}

// The port as somebody else would have it.
void check_change(std::string_view input, const config::Settings& settings) {
  const std::vector<std::string_view> port{"server", "port"};
  const auto other = static_cast<std::uint16_t>(settings.server.port == 1 ? 2 : 1);
  const auto text = json::set_member(input, port, other);
  LLF_ASSERT(text);
  const auto changed = read(*text);
  LLF_ASSERT(changed && changed->settings.server.port == other);
  const auto changes = config::difference(settings, changed->settings);
  LLF_ASSERT(changes.size() == 1 && changes.front().name == "server.port");
  const auto without = json::remove_member(*text, port);
  LLF_ASSERT(without);
  const auto removed = read(*without);
  LLF_ASSERT(removed && removed->settings.server.port == config::Settings{}.server.port);
  LLF_ASSERT(std::ranges::find(removed->named, "server.port") == removed->named.end());
}

}  // namespace

void check(std::string_view input) {
  // Files of this machine are no part of the input, and a secret is one only where it is looked up.
  if (input.contains("file") || input.contains(kSecret)) return;
  const auto taken = read(input);
  if (!taken) {
    check_error(taken.error());
    return;
  }
  check_shown(*taken);
  check_change(input, taken->settings);
}

}  // namespace llf::fuzz
