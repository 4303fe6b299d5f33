#include "cli/first_run.hpp"

#include "cli/json_view.hpp"
#include "net/run.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace llf::cli {

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
  const auto answer = net::run_until_done(context.loop, client.get("/llf/v1/recommend?quick=1"));
  const auto* object = answer ? answer->if_object() : nullptr;
  const auto list = object == nullptr ? json::Array() : list_in(*object, "models");
  if (list.empty() || !list.front().is_object()) return;
  const auto& best = list.front().get_object();
  context.err.say(
      fmt::format("This is the tiny model that comes with llf: it knows llf and little else.\n"
                  "For real work: llf model download {} ({}; `llf model recommend` has more)\n",
                  text_in(best, "name"), bytes_text(number_in(best, "size_bytes"))));
  if (os::ensure_dir(context.paths.state_dir)) {
    static_cast<void>(os::replace_file(said, ""));  // else it is said again: no harm
  }
}

}  // namespace llf::cli
