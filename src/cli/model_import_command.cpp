#include "cli/model_import_command.hpp"

#include "cli/bundle_settings.hpp"
#include "cli/follow_work.hpp"
#include "cli/json_view.hpp"
#include "cli/model_command.hpp"
#include "net/run.hpp"
#include "os/paths.hpp"
#include "os/shell_word.hpp"
#include "text/safe_text.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace llf::cli {
namespace {

Task<Expected<std::vector<json::Object>>> import_and_follow(const client::ApiClient& client,
                                                            json::Object body, std::string label,
                                                            ProgressDisplay& display) {
  auto stream = co_await client.import_model(std::move(body));
  if (!stream) co_return failure(stream.error());
  co_return co_await follow_work(*std::move(stream), std::move(label), display);
}

json::Array texts_in(const std::vector<json::Object>& events) {
  json::Array texts;
  for (const auto& event : events) {
    if (const auto* text = event.if_contains("text")) texts.push_back(*text);
  }
  return texts;
}

/// The models of this machine and of endpoints, by name. Errors: those of asking.
Expected<std::vector<std::string>> models_here(Context& context, const client::ApiClient& client) {
  const auto models = net::run_until_done(context.loop, client.models());
  if (!models) return failure(models.error());
  std::vector<std::string> names;
  for (const auto& model : *models) {
    if (model.source != "profile") names.push_back(model.id);
  }
  return names;
}

json::Array as_list(const std::vector<TakenText>& taken) {
  json::Array list;
  for (const auto& one : taken) {
    list.push_back(
        json::Object{{"kind", one.kind},
                     {"name", one.name},
                     {"state", to_string(one.state)},
                     {"note", one.note.empty() ? json::Value(nullptr) : json::Value(one.note)}});
  }
  return list;
}

/// What people are told of a profile or template.
std::string line_of(const TakenText& one) {
  const auto name = fmt::format("{} {}", one.kind, text::safe_line(one.name));
  const auto note = text::safe_line(one.note);
  switch (one.state) {
    case TakenText::State::kept:
      return fmt::format("{}: there is another of this name here, which stays\n", name);
    case TakenText::State::refused:
      return fmt::format("{}: left out: {}\n", name, note);
    default:
      return fmt::format("{}  ({}{}{})\n", name, to_string(one.state), note.empty() ? "" : "; ",
                         note);
  }
}

}  // namespace

Expected<int> run_model_import(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid,
                   "llf model import what? A .gguf file, a folder of them, or a file that llf "
                   "model export wrote");
  }
  const auto path = os::whole_path(arguments.words().front());
  if (!path) return failure(path.error());
  return import_path(context, *path, arguments);
}

Expected<int> import_path(Context& context, const std::filesystem::path& path,
                          const Arguments& arguments) {
  const auto told = told_path(path);
  if (!told) return failure(told.error());
  const auto client = connect(context);
  if (!client) return failure(client.error());
  ProgressDisplay display(context.err);
  const bool copy = arguments.has("--copy");
  const auto events = net::run_until_done(
      context.loop, import_and_follow(*client, {{"path", *told}, {"copy", copy}},
                                      copy ? "copying" : "unpacking", display));
  display.clear();
  if (!events) return failure(events.error());
  auto result = events->back();
  const auto model = json::get_string_or(result, "model", "").value_or("");
  const auto texts = texts_in(*events);
  auto installed = texts.empty() ? std::vector<std::string>() : models_here(context, *client);
  if (!installed) {
    return failure(installed.error().with_context(
        "the model is there; its profiles and prompt templates were not taken"));
  }
  const auto taken =
      take_texts(context, texts,
                 {.model = model,
                  .installed = *std::move(installed),
                  .arguments = arguments.has("--arguments") ? EngineArguments::take
                                                            : EngineArguments::leave_out});
  if (context.format == Format::json) {
    if (!model.empty()) result["settings"] = as_list(taken);
    return print(context, json::write_pretty(result));
  }
  std::string out;
  for (const auto& item : list_in(result, "files")) {
    const auto* file = item.if_object();
    if (file == nullptr) continue;
    out += fmt::format("{}  ({})\n", text_in(*file, "to"), text_in(*file, "how"));
  }
  for (const auto& one : taken) out += line_of(one);
  if (!model.empty()) {
    const auto name = text_in(result, "model");
    out += fmt::format("{} is there: llf run {}\n", name, os::shell_word(name));
  }
  return print(context, out);
}

}  // namespace llf::cli
