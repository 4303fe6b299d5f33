#include "cli/model_settings_command.hpp"

#include "cli/json_view.hpp"
#include "cli/settings_change.hpp"
#include "config/place.hpp"
#include "config/save.hpp"
#include "net/run.hpp"
#include "text/safe_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace llf::cli {
namespace {

constexpr std::string_view kDefaultModel = "models.default";
constexpr std::string_view kNoDefault = "none";

/// The whole name of what `llf ls` lists: a model here or elsewhere, a profile. Errors: it is not
/// there.
Expected<std::string> whole_name(Context& context, const std::string& name) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto models = net::run_until_done(context.loop, client->models());
  if (!models) return failure(models.error());
  if (std::ranges::find(*models, name, &client::ModelInfo::id) != models->end()) return name;
  const auto model = object_of(net::run_until_done(context.loop, client->model_info(name)));
  if (!model) return failure(model.error());
  return json::get_string(*model, "id");
}

Expected<int> save(Context& context, std::string_view setting, const std::string& value) {
  const auto place = config::find_place(setting);
  if (!place) return failure(place.error());
  const SettingsChange change(context);
  const auto saved = value.empty()
                         ? config::remove_value(settings_file(context), *place)
                         : config::save_value(settings_file(context), *place, json::Value(value));
  if (!saved) return failure(saved.error());
  warn_of_variable(context, *place);
  return change.take_effect();
}

Expected<int> print_default(Context& context) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto models = net::run_until_done(context.loop, client->models());
  if (!models) return failure(models.error());
  const auto chosen = std::ranges::find(*models, true, &client::ModelInfo::is_default);
  const auto name = chosen == models->end() ? std::string(kNoDefault) : chosen->id;
  if (context.format != Format::json) return print(context, text::safe_line(name) + "\n");
  return print(context, json::write_pretty(json::Object{{"default", name}}));
}

}  // namespace

Expected<int> run_model_default(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) return print_default(context);
  const auto& name = arguments.words().front();
  if (name == kNoDefault) return save(context, kDefaultModel, "");
  const auto whole = whole_name(context, name);
  if (!whole) return failure(whole.error());
  return save(context, kDefaultModel, *whole);
}

Expected<int> run_model_alias(Context& context, const Arguments& arguments) {
  const auto& words = arguments.words();
  const bool removes = arguments.has("--remove");
  if (words.size() != (removes ? 1U : 2U)) {
    return failure(ErrorKind::invalid,
                   "it is: llf model alias NAME MODEL, or llf model alias --remove NAME");
  }
  const auto setting = fmt::format("profiles.{}{}", words[0], removes ? "" : ".model");
  if (removes) return save(context, setting, "");
  const auto whole = whole_name(context, words[1]);
  if (!whole) return failure(whole.error());
  return save(context, setting, *whole);
}

}  // namespace llf::cli
