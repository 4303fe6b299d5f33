#include "cli/model_remove_command.hpp"

#include "cli/config_command.hpp"
#include "cli/confirmation.hpp"
#include "cli/json_view.hpp"
#include "cli/orphaned_names.hpp"
#include "cli/profiles.hpp"
#include "net/run.hpp"

#include <fmt/format.h>

#include <string>

namespace llf::cli {
namespace {

Expected<json::Object> ask_to_remove(Context& context, const std::string& name, json::Value dry) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  return object_of(net::run_until_done(
      context.loop, client->remove_model({{"model", name}, {"dry_run", std::move(dry)}})));
}

/// Who removes an alias does not mean the model, which may have taken hours to come.
Expected<void> check_is_no_alias(const Context& context, const std::string& name) {
  const auto config = settings_here(context);
  const auto profile = config ? profile_in(config->settings(), name) : std::nullopt;
  const auto model = profile ? text_in(*profile, "model") : name;
  if (model == name) return {};
  if (!is_alias(*profile)) {
    return failure(ErrorKind::invalid,
                   fmt::format("'{0}' is a profile: `llf config unset profiles.{0}` takes it away, "
                               "`llf model remove {1}` its model",
                               name, model));
  }
  return failure(ErrorKind::invalid,
                 fmt::format("'{0}' is an alias of {1}: `llf model alias --remove {0}` takes it "
                             "away, `llf model remove {1}` the model",
                             name, model));
}

std::string what_goes(const json::Object& removal) {
  const auto kept = list_in(removal, "kept").size();
  auto text = fmt::format("{}: {} become free", text_in(removal, "model"),
                          bytes_text(number_in(removal, "freed_bytes")));
  if (kept > 0) text += fmt::format("; {} of its files stay, something else needs them", kept);
  return text + "\n";
}

}  // namespace

Expected<int> run_model_remove(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid, "llf model remove what? `llf ls` lists the models");
  }
  if (auto names_model = check_is_no_alias(context, arguments.words().front()); !names_model) {
    return failure(names_model.error());
  }
  const auto plan = ask_to_remove(context, arguments.words().front(), true);
  if (!plan) return failure(plan.error());
  const bool json = context.format == Format::json;
  if (arguments.has("--dry-run")) {
    return print(context, json ? json::write_pretty(*plan) : what_goes(*plan));
  }
  if (!arguments.has("--yes")) {
    if (!json) context.err.say(what_goes(*plan));
    const auto agreed = confirm(context, "Remove it?");
    if (!agreed) return failure(agreed.error());
    if (!*agreed) return 1;
  }
  const auto model = json::get_string(*plan, "model").value_or("");
  const auto names = OrphanedNames::of(context, model, list_in(*plan, "files"));
  if (!names) return failure(names.error());
  const auto removed = ask_to_remove(context, model, false);
  if (!removed) return failure(removed.error());
  auto printed =
      print(context, json ? json::write_pretty(*removed) : "removed " + what_goes(*removed));
  const auto settled = names->settle(context);
  return settled ? printed : failure(settled.error());
}

}  // namespace llf::cli
