#include "cli/prompt_use_command.hpp"

#include "base/limits.hpp"
#include "cli/config_command.hpp"
#include "cli/editor.hpp"
#include "cli/prompt_command.hpp"
#include "cli/settings_change.hpp"
#include "config/place.hpp"
#include "config/save.hpp"
#include "json/json.hpp"
#include "net/run.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "prompt/choice.hpp"
#include "text/safe_text.hpp"
#include "text/style.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace llf::cli {
namespace {

constexpr std::string_view kSetting = "prompts.use";
constexpr std::string_view kSample = "Hello!";

Expected<int> print_selected(Context& context) {
  const auto config = settings_here(context);
  if (!config) return failure(config.error());
  const auto& name = config->settings().prompts.use;
  if (context.format == Format::json) {
    return print(context, json::write_pretty(json::Object{
                              {"use", name.empty() ? json::Value(nullptr) : json::Value(name)}}));
  }
  return print(context, (name.empty() ? std::string(prompt::kNone) : name) + "\n");
}

/// The messages, then the text, as people read them.
std::string as_text(const json::Object& shown, text::Color color) {
  std::string out;
  if (const auto* messages = shown.if_contains("messages"); messages && messages->is_array()) {
    for (const auto& message : messages->get_array()) {
      const auto* object = message.if_object();
      if (object == nullptr) continue;
      const auto role = json::get_string(*object, "role").value_or("?");
      const auto* content = object->if_contains("content");
      const auto text = content != nullptr && content->is_string()
                            ? std::string(content->get_string())
                            : json::write(content == nullptr ? json::Value() : *content);
      out += text::paint(text::Style::bold, text::safe_line(role), color) + "\n" +
             text::safe_text(text) + "\n\n";
    }
  }
  out += text::paint(text::Style::bold, "what the model sees", color) + "\n";
  out += text::safe_text(json::get_string(shown, "text").value_or("")) + "\n\n";
  out += fmt::format("{} tokens\n", json::get_int_or(shown, "tokens", 0).value_or(0));
  return out;
}

}  // namespace

Expected<int> run_prompt_use(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) return print_selected(context);
  const auto& name = arguments.words().front();
  const auto place = config::find_place(kSetting);
  if (!place) return failure(place.error());
  const SettingsChange change(context);
  if (name == prompt::kNone) {
    const auto removed = config::remove_value(settings_file(context), *place);
    if (!removed) return failure(removed.error());
  } else {
    const auto library = prompt_library(context);
    if (!library) return failure(library.error());
    if (const auto found = library->find(name); !found) return failure(found.error());
    const auto saved = config::save_value(settings_file(context), *place, json::Value(name));
    if (!saved) return failure(saved.error());
  }
  warn_of_variable(context, *place);
  return change.take_effect();
}

Expected<int> run_prompt_edit(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid, "it is: llf prompt edit NAME; 'llf prompt list' names them");
  }
  const auto& name = arguments.words().front();
  const auto library = prompt_library(context);
  if (!library) return failure(library.error());
  const auto file = library->file_of(name);
  if (!file) return failure(file.error());
  auto text = os::read_file(*file, limits::kPromptFile);
  if (!text) return failure(text.error());
  const auto before = *file == library->own_file(name) ? std::optional(*text) : std::nullopt;
  if (auto made = os::ensure_dir(context.paths.prompts_dir()); !made) return failure(made.error());
  const auto edited =
      edit_text(context, {.text = *std::move(text),
                          .scratch = context.paths.prompts_dir() / fmt::format(".{}.json", name),
                          .save = [&](std::string_view changed) {
                            return library->change_text(name, before, changed);
                          }});
  if (!edited) return failure(edited.error());
  if (*edited == Edited::saved && *file != library->own_file(name)) {
    context.err.say(fmt::format("llf: your own '{}' now hides the one that came with llf\n", name));
  }
  return 0;
}

Expected<int> run_prompt_preview(Context& context, const Arguments& arguments) {
  const auto& words = arguments.words();
  const std::string name = words.empty() ? std::string(prompt::kSelected) : words[0];
  const json::Object message{{"role", "user"},
                             {"content", words.size() > 1 ? std::string_view(words[1]) : kSample}};
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto shown = net::run_until_done(
      context.loop, client->preview_prompt({{"model", arguments.text("--model").value_or("")},
                                            {"prompt", name},
                                            {"messages", json::Array{message}}}));
  if (!shown) return failure(shown.error());
  if (context.format == Format::json) return print(context, json::write_pretty(*shown));
  const auto object = json::as_object(*shown, "the answer");
  if (!object) return failure(object.error());
  return print(context, as_text(*object, context.out.color()));
}

}  // namespace llf::cli
