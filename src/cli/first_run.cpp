#include "cli/first_run.hpp"

#include "cli/json_view.hpp"
#include "net/run.hpp"
#include "net/timer.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>

namespace llf::cli {
namespace {

/// The first look at a machine measures its memory for some tenths of a second; nobody waits longer
/// for a hint.
constexpr auto kPatience = std::chrono::seconds(1);

/// What `llf model recommend` names first. Errors: `timeout`; those of ApiClient::get.
Expected<json::Array> recommended(Context& context, const client::ApiClient& client) {
  const auto answer = net::run_until_done(
      context.loop,
      net::with_deadline(client.get("/llf/v1/recommend"), kPatience, "a recommendation"));
  if (!answer) return failure(answer.error());
  const auto* object = answer->if_object();
  return object == nullptr ? json::Array() : list_in(*object, "models");
}

}  // namespace

void suggest_model(Context& context, const client::ApiClient& client) {
  if (context.format == Format::json || !context.err.terminal().rewrites) return;
  const auto said = context.paths.state_dir / "suggested";
  std::error_code code;
  if (std::filesystem::exists(said, code)) return;
  const auto models = net::run_until_done(context.loop, client.models());
  const bool has_own = !models || std::ranges::any_of(*models, [](const auto& model) {
    return model.source != "built-in";
  });
  if (has_own) return;
  const auto list = recommended(context, client);
  auto advice = std::string("`llf model recommend` tells which one to download");
  if (list) {
    if (list->empty() || !list->front().is_object()) return;
    const auto& best = list->front().get_object();
    advice = fmt::format("llf model download {} ({}; `llf model recommend` has more)",
                         text_in(best, "name"), bytes_text(number_in(best, "size_bytes")));
  }
  context.err.say(
      "This is the tiny model that comes with llf: it knows llf and little else.\n"
      "For real work: " +
      advice + "\n");
  if (os::ensure_dir(context.paths.state_dir)) {
    static_cast<void>(os::replace_file(said, ""));  // else it is said again: no harm
  }
}

}  // namespace llf::cli
