#include "cli/endpoint_command.hpp"

#include "cli/config_command.hpp"
#include "cli/json_view.hpp"
#include "cli/settings_change.hpp"
#include "config/declarations.hpp"
#include "config/place.hpp"
#include "config/save.hpp"
#include "net/run.hpp"
#include "text/safe_text.hpp"
#include "text/table.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace llf::cli {
namespace {

config::Place place_of(const std::string& name) {
  return {.path = {std::string(config::kEndpoints), name}, .facts = nullptr};
}

std::string state_of(const json::Object& endpoint) {
  const auto error = text_in(endpoint, "error");
  const auto state = text_in(endpoint, "state");
  if (state == "paused") return fmt::format("left alone for {} s", number_in(endpoint, "pause_s"));
  return state == "good" && error.empty() ? "ready" : "in trouble";
}

std::string render_endpoints(const json::Object& answer) {
  text::Table table({{.title = "NAME"}, {.title = "URL"}, {.title = "STATE"}, {.title = "MODELS"}});
  std::string errors;
  for (const auto& item : list_in(answer, "endpoints")) {
    const auto* endpoint = item.if_object();
    if (endpoint == nullptr) continue;
    const auto name = text_in(*endpoint, "name");
    std::string models;
    for (const auto& model : list_in(*endpoint, "models")) {
      if (!model.is_string()) continue;
      models += models.empty() ? "" : ", ";
      models += text::safe_line(std::string_view(model.get_string()));
    }
    table.add({name, text_in(*endpoint, "url"), state_of(*endpoint), models});
    const auto error = text_in(*endpoint, "error");
    if (!error.empty()) errors += fmt::format("{}: {}\n", name, error);
  }
  return table.str() + errors;
}

/// "a,b" as a list.
json::Array names_in(std::string_view text) {
  json::Array names;
  while (!text.empty()) {
    const auto comma = text.find(',');
    names.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return names;
}

/// Whether the settings name it already.
Expected<bool> is_named(Context& context, const std::string& name) {
  const auto settings = settings_here(context);
  if (!settings) return failure(settings.error());
  return settings->settings().endpoints.contains(name);
}

/// The endpoint that a command line describes, as the settings file has it. Errors: `invalid`: a
/// key from two places.
Expected<json::Object> described(const Arguments& arguments) {
  json::Object endpoint{{"url", arguments.words()[1]}};
  const auto variable = arguments.text("--key-env");
  const auto file = arguments.text("--key-file");
  if (variable && file) {
    return failure(ErrorKind::invalid, "a key from --key-env or from --key-file, not from both");
  }
  if (variable) endpoint["api_key"] = json::Object{{"env", *variable}};
  if (file) endpoint["api_key"] = json::Object{{"file", std::filesystem::absolute(*file).native()}};
  if (const auto models = arguments.text("--models")) endpoint["models"] = names_in(*models);
  if (const auto dialect = arguments.text("--dialect")) endpoint["dialect"] = *dialect;
  return endpoint;
}

}  // namespace

Expected<int> run_endpoint_list(Context& context, const Arguments&) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto all = object_of(net::run_until_done(context.loop, client->get("/llf/v1/endpoints")));
  if (!all) return failure(all.error());
  return print(context,
               context.format == Format::json ? json::write_pretty(*all) : render_endpoints(*all));
}

Expected<int> run_endpoint_add(Context& context, const Arguments& arguments) {
  if (arguments.words().size() != 2) {
    return failure(ErrorKind::invalid,
                   "it is: llf endpoint add NAME URL, such as http://10.0.0.5:8000/v1");
  }
  const auto& name = arguments.words()[0];
  auto endpoint = described(arguments);
  const auto named = endpoint ? is_named(context, name) : failure(endpoint.error());
  if (!named) return failure(named.error());
  if (*named) {
    return failure(ErrorKind::conflict,
                   fmt::format("there is an endpoint '{0}' already: `llf endpoint remove {0}`, or "
                               "`llf config set endpoints.{0}.url URL`",
                               name));
  }
  const SettingsChange change(context);
  const auto saved =
      config::save_value(settings_file(context), place_of(name), *std::move(endpoint));
  return saved ? change.take_effect() : failure(saved.error());
}

Expected<int> run_endpoint_remove(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid, "which endpoint? `llf endpoint list` names them");
  }
  const auto& name = arguments.words().front();
  const auto named = is_named(context, name);
  if (!named) return failure(named.error());
  if (!*named) {
    return failure(ErrorKind::not_found,
                   fmt::format("there is no endpoint '{}'; `llf endpoint list` names them", name));
  }
  const SettingsChange change(context);
  const auto removed = config::remove_value(settings_file(context), place_of(name));
  return removed ? change.take_effect() : failure(removed.error());
}

}  // namespace llf::cli
