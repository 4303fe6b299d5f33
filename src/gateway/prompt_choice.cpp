#include "gateway/prompt_choice.hpp"

#include "base/clock.hpp"
#include "os/paths.hpp"
#include "prompt/choice.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <pwd.h>
#include <unistd.h>

namespace llf::gateway {
namespace {

/// The name of whoever runs us.
std::string user_name() {
  constexpr std::size_t kBuffer = 4096;
  std::array<char, kBuffer> buffer{};
  struct passwd entry = {};
  struct passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr) {
    return found->pw_name;
  }
  return os::env("USER").value_or("user");
}

/// Empty: none.
std::string_view chosen_name(const PromptSources& sources, std::optional<std::string_view> header) {
  if (header == prompt::kNone) return {};
  if (header && header != prompt::kSelected) return *header;
  // What a profile says of itself is nearer than what holds for every chat.
  const bool general = header && sources.of_profile.empty();
  return general ? sources.settings.prompts.use : sources.of_profile;
}

}  // namespace

prompt::Values built_in_values(std::string_view model, std::int64_t unix_ms) {
  constexpr std::int64_t kMsPerSecond = 1000;
  static const auto user = user_name();  // asked once: it may lead over the network
  const auto local = fmt::localtime(std::time_t{unix_ms / kMsPerSecond});
  return {{"date", fmt::format("{:%Y-%m-%d}", local)},
          {"weekday", fmt::format("{:%A}", local)},
          {"time", fmt::format("{:%H:%M}", local)},
          {"user", user},
          {"model", std::string(model)}};
}

Expected<std::optional<prompt::Template>> choose_prompt(const PromptSources& sources,
                                                        std::optional<std::string_view> header) {
  const auto name = chosen_name(sources, header);
  if (name.empty()) return std::nullopt;
  const auto source = sources.library.find(name);
  if (!source) return failure(source.error());
  auto values = built_in_values(sources.model, unix_now_ms());
  for (const auto& [key, value] : sources.settings.prompts.variables) {
    values.insert_or_assign(std::string(key), std::string(value.get_string()));
  }
  auto filled = prompt::fill(*source, values);
  if (!filled) return failure(filled.error());
  return *std::move(filled);
}

}  // namespace llf::gateway
