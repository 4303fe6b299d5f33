#include "cli/orphaned_names.hpp"

#include "cli/config_command.hpp"
#include "cli/json_view.hpp"
#include "cli/profiles.hpp"
#include "cli/settings_change.hpp"
#include "config/save.hpp"
#include "net/run.hpp"
#include "os/paths.hpp"
#include "text/safe_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace llf::cli {
namespace {

Expected<json::Array> list_models(Context& context, const client::ApiClient& client) {
  const auto answer = object_of(net::run_until_done(context.loop, client.get("/llf/v1/models")));
  if (!answer) return failure(answer.error());
  return list_in(*answer, "models");
}

std::string name_of(const json::Value& model) {
  const auto* object = model.if_object();
  return object == nullptr ? "" : json::get_string_or(*object, "id", "").value_or("");
}

}  // namespace

Expected<OrphanedNames> OrphanedNames::of(Context& context, const std::string& model,
                                          const json::Array& files) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto listed = list_models(context, *client);
  if (!listed) return failure(listed.error());
  OrphanedNames names;
  names.model_ = model;
  for (const auto& item : *listed) {
    const auto* one = item.if_object();
    const auto* path = one == nullptr ? nullptr : one->if_contains("path");
    if (path == nullptr || std::ranges::find(files, *path) == files.end()) continue;
    if (text_in(*one, "source") == "profile") names.profiles_.push_back(name_of(item));
  }
  // What the settings name, not what may win over them; one that cannot be read is not this one.
  const auto config = settings_here(context);
  const auto named = config ? config->settings().models.default_model : std::string();
  if (!named.empty()) {
    const auto chosen = object_of(net::run_until_done(context.loop, client->model_info(named)));
    names.is_default_ = chosen && name_of(*chosen) == model;
  }
  return names;
}

Expected<void> OrphanedNames::settle(Context& context) const {
  if (profiles_.empty() && !is_default_) return {};
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto listed = list_models(context, *client);
  if (!listed) return failure(listed.error());
  // Another file may have the name now.
  const auto is_there = [&](const std::string& name) {
    return std::ranges::find(*listed, name, name_of) != listed->end();
  };
  const auto config = settings_here(context);
  if (!config) {  // it cannot be changed; the model is gone all the same
    context.err.say(fmt::format("llf: the names of the model stay in the settings: {}\n",
                                text::safe_line(config.error().message)));
    return {};
  }
  const auto& settings = config->settings();
  const SettingsChange change(context);
  std::vector<config::Place> places;
  for (const auto& name : profiles_) {
    const auto profile = is_there(name) ? std::nullopt : profile_in(settings, name);
    if (!profile) continue;
    if (is_alias(*profile)) places.push_back(place_of_profile(name));
    context.err.say(
        fmt::format(fmt::runtime(is_alias(*profile)
                                     ? "llf: its alias '{0}' is gone with it\n"
                                     : "llf: the profile '{0}' has no model now: `llf config set "
                                       "profiles.{0}.model NAME` gives it one\n"),
                    text::safe_line(name)));
  }
  if (is_default_ && !is_there(model_)) {
    auto place = config::find_place("models.default");
    if (!place) return failure(place.error());
    if (os::env(place->facts->variable)) {
      warn_of_variable(context, *place);
    } else {
      places.push_back(*std::move(place));
      context.err.say("llf: it was the default: the built-in model is that again\n");
    }
  }
  for (const auto& place : places) {
    if (auto removed = config::remove_value(settings_file(context), place); !removed) {
      return removed;
    }
  }
  if (places.empty()) return {};
  const auto taken = change.take_effect();
  return taken ? Expected<void>() : failure(taken.error());
}

}  // namespace llf::cli
