#include "cli/model_prune_command.hpp"

#include "cli/confirmation.hpp"
#include "cli/json_view.hpp"
#include "net/run.hpp"

#include <fmt/format.h>

#include <string>

namespace llf::cli {
namespace {

Expected<json::Object> ask_to_prune(Context& context, json::Value dry) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  return object_of(net::run_until_done(context.loop, client->prune({{"dry_run", std::move(dry)}})));
}

std::string_view explain(std::string_view kind) {
  if (kind == "unnamed") return "nothing refers to it";
  if (kind == "marks") return "notes on a file that is gone";
  if (kind == "notes") return "what was learned of a model that is gone";
  return "of a download or import that was not finished";
}

std::string render_leftovers(const json::Object& answer) {
  std::string out;
  for (const auto& item : list_in(answer, "files")) {
    const auto* file = item.if_object();
    if (file == nullptr) continue;
    out += fmt::format("{:>8}  {}  ({})\n", bytes_text(number_in(*file, "size_bytes")),
                       text_in(*file, "path"), explain(text_in(*file, "kind")));
  }
  const auto freed = bytes_text(number_in(answer, "freed_bytes"));
  return out + (json::get_flag(answer, "removed").value_or(false)
                    ? fmt::format("{} are free now\n", freed)
                    : fmt::format("{} would become free\n", freed));
}

}  // namespace

Expected<int> run_model_prune(Context& context, const Arguments& arguments) {
  const auto plan = ask_to_prune(context, true);
  if (!plan) return failure(plan.error());
  const bool json = context.format == Format::json;
  const bool clean = list_in(*plan, "files").empty();
  if (clean && !json) return print(context, "nothing is left over\n");
  if (clean || arguments.has("--dry-run")) {
    return print(context, json ? json::write_pretty(*plan) : render_leftovers(*plan));
  }
  if (!arguments.has("--yes")) {
    if (!json) context.err.say(render_leftovers(*plan));
    const auto agreed = confirm(context, "Remove them?");
    if (!agreed) return failure(agreed.error());
    if (!*agreed) return 1;
  }
  const auto removed = ask_to_prune(context, false);
  if (!removed) return failure(removed.error());
  return print(context, json ? json::write_pretty(*removed) : render_leftovers(*removed));
}

}  // namespace llf::cli
