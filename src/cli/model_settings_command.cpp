#include "cli/model_settings_command.hpp"

#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "cli/config_command.hpp"
#include "cli/json_view.hpp"
#include "cli/profiles.hpp"
#include "cli/settings_change.hpp"
#include "config/reader.hpp"
#include "config/save.hpp"
#include "net/run.hpp"
#include "text/safe_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace llf::cli {
namespace {

using Models = std::vector<client::ModelInfo>;

constexpr std::string_view kNoDefault = "none";
constexpr std::string_view kProfileSource = "profile";

Expected<Models> models_here(Context& context) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  return net::run_until_done(context.loop, client->models());
}

/// The name among those of `llf ls`; nullptr when it is none.
const client::ModelInfo* find_name(const Models& models, const std::string& name) {
  const auto found = std::ranges::find(models, name, &client::ModelInfo::id);
  return found == models.end() ? nullptr : &*found;
}

/// The whole name of what `llf ls` lists: a model here or elsewhere, a profile. Errors: it is not
/// there.
Expected<std::string> whole_name(Context& context, const Models& models, const std::string& name) {
  if (find_name(models, name) != nullptr) return name;
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto model = object_of(net::run_until_done(context.loop, client->model_info(name)));
  if (!model) return failure(model.error());
  return json::get_string(*model, "id");
}

/// Sets a value, or takes it out where it is null.
Expected<int> save(Context& context, const config::Place& place, const json::Value& value) {
  const SettingsChange change(context);
  const auto saved = value.is_null() ? config::remove_value(settings_file(context), place)
                                     : config::save_value(settings_file(context), place, value);
  if (!saved) return failure(saved.error());
  warn_of_variable(context, place);
  return change.take_effect();
}

std::string default_among(const Models& models) {
  const auto chosen = std::ranges::find(models, true, &client::ModelInfo::is_default);
  return chosen == models.end() ? std::string(kNoDefault) : chosen->id;
}

Expected<int> print_default(Context& context) {
  const auto models = models_here(context);
  if (!models) return failure(models.error());
  const auto name = default_among(*models);
  if (context.format != Format::json) return print(context, text::safe_line(name) + "\n");
  return print(context, json::write_pretty(json::Object{{"default", name}}));
}

/// The built-in model is the default again, unless something else has its name.
Expected<int> take_default_back(Context& context, const config::Place& place) {
  auto saved = save(context, place, nullptr);
  const auto models = saved ? models_here(context) : failure(saved.error());
  if (!models) return failure(models.error());
  const auto name = default_among(*models);
  const auto* const chosen = find_name(*models, name);
  if (chosen != nullptr && chosen->source == kProfileSource) {
    context.err.say(
        fmt::format("llf: '{0}' is a profile of the settings, which hides the model of "
                    "that name: `llf config unset profiles.{0}` takes it away\n",
                    text::safe_line(name)));
  }
  return saved;
}

/// The model that an alias is to stand for: of another alias that one's, since a profile names a
/// model and no profile.
Expected<std::string> model_of_alias(Context& context, const Models& models,
                                     const config::Settings& settings, const std::string& wanted) {
  auto whole = whole_name(context, models, wanted);
  const auto profile = whole ? profile_in(settings, *whole) : std::nullopt;
  if (!profile) return whole;
  auto model = json::get_string_or(*profile, "model", "").value_or("");
  if (is_alias(*profile)) {
    context.err.say(fmt::format("llf: '{}' is an alias of {}, which this one stands for, too\n",
                                *whole, model));
    return model;
  }
  return failure(ErrorKind::conflict,
                 fmt::format("'{}' is a profile with settings of its own, which an alias of it "
                             "would not have: name its model, {}",
                             *whole, model));
}

Expected<int> remove_alias(Context& context, const config::Settings& settings,
                           const std::string& name) {
  const auto profile = profile_in(settings, name);
  if (!profile) {
    std::vector<std::string> names;
    for (const auto& [known, unused] : settings.profiles) names.push_back(known);
    return failure(ErrorKind::not_found,
                   fmt::format("there is no alias '{}'.{}", name, did_you_mean(name, names)));
  }
  if (is_alias(*profile)) return save(context, place_of_profile(name), nullptr);
  return failure(ErrorKind::conflict,
                 fmt::format("'{0}' is a profile with settings of its own: `llf config unset "
                             "profiles.{0}` takes it away with them",
                             name));
}

Expected<int> set_alias(Context& context, const config::Settings& settings, const std::string& name,
                        const std::string& wanted) {
  if (!config::is_profile_name(name)) {
    return failure(ErrorKind::invalid,
                   fmt::format("'{}' cannot be an alias: it has 1 to {} bytes, no white space and "
                               "no '/'",
                               name, limits::kProfileName));
  }
  const auto itself = [&] {
    return failure(ErrorKind::invalid, fmt::format("'{}' cannot be an alias of itself", name));
  };
  if (name == wanted) return itself();
  const auto models = models_here(context);
  if (!models) return failure(models.error());
  const auto* const same = find_name(*models, name);
  if (same != nullptr && same->source != kProfileSource) {
    return failure(ErrorKind::conflict,
                   fmt::format("'{}' is a model's own name, and the alias would hide that model: "
                               "choose another name",
                               name));
  }
  const auto model = model_of_alias(context, *models, settings, wanted);
  if (!model) return failure(model.error());
  if (name == *model) return itself();
  auto place = place_of_profile(name);
  place.path.emplace_back("model");
  const auto before = profile_in(settings, name);
  const auto old = before ? json::get_string_or(*before, "model", "").value_or("") : *model;
  auto saved = save(context, place, json::Value(*model));
  if (saved && old != *model) {
    context.err.say(fmt::format("llf: '{}' stood for {} until now\n", name, text::safe_line(old)));
  }
  return saved;
}

}  // namespace

Expected<int> run_model_default(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) return print_default(context);
  const auto place = config::find_place("models.default");
  if (!place) return failure(place.error());
  const auto& name = arguments.words().front();
  if (name == kNoDefault) return take_default_back(context, *place);
  const auto models = models_here(context);
  const auto whole = models ? whole_name(context, *models, name) : failure(models.error());
  if (!whole) return failure(whole.error());
  return save(context, *place, json::Value(*whole));
}

Expected<int> run_model_alias(Context& context, const Arguments& arguments) {
  const auto& words = arguments.words();
  const bool removes = arguments.has("--remove");
  if (words.size() != (removes ? 1U : 2U)) {
    return failure(ErrorKind::invalid,
                   "it is: llf model alias NAME MODEL, or llf model alias --remove NAME");
  }
  const auto config = settings_here(context);
  if (!config) return failure(config.error());
  return removes ? remove_alias(context, config->settings(), words[0])
                 : set_alias(context, config->settings(), words[0], words[1]);
}

}  // namespace llf::cli
