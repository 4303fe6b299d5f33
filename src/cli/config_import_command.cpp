#include "cli/config_import_command.hpp"

#include "cli/import_source.hpp"
#include "cli/prompt_command.hpp"
#include "cli/settings_change.hpp"
#include "config/save.hpp"
#include "json/json.hpp"
#include "migration/import.hpp"
#include "prompt/library.hpp"
#include "text/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <utility>
#include <vector>

namespace llf::cli {
namespace {

using migration::Import;
using migration::Note;
using migration::Outcome;

Expected<Import> import_all(const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid,
                   "it is: llf config import FILE… [--write], such as 'llf config import "
                   "~/llf/configs/config.json'");
  }
  Import all;
  for (const auto& word : arguments.words()) {
    auto one = import_source(word, arguments.text("--root").value_or(""));
    if (!one) return failure(one.error());
    merge(all, *std::move(one));
  }
  return all;
}

std::vector<std::string> names_of(const std::vector<prompt::Template>& prompts) {
  std::vector<std::string> names;
  names.reserve(prompts.size());
  for (const auto& one : prompts) names.push_back(one.name);
  return names;
}

std::string fate(const Note& note) {
  switch (note.outcome) {
    case Outcome::taken:
      return note.why.empty() ? note.to : fmt::format("{}: {}", note.to, note.why);
    case Outcome::meaningless:
      return fmt::format("nothing: {}", note.why);
    case Outcome::refused:
      return fmt::format("not taken: {}", note.why);
  }
  return {};
}

std::string as_text(const Import& import) {
  text::Table table({{.title = "KEY"}, {.title = "WHAT BECOMES OF IT"}});
  for (const auto& note : import.notes) table.add({note.key, fate(note)});
  auto text = table.str();
  if (!import.settings.empty()) {
    text += fmt::format("\n{}", json::write_pretty(import.settings));
  }
  if (!import.prompts.empty()) {
    text += fmt::format("\nprompts: {}\n", fmt::join(names_of(import.prompts), ", "));
  }
  return text;
}

std::string as_json(const Import& import) {
  json::Array notes;
  for (const auto& note : import.notes) {
    notes.push_back(json::Object{{"key", note.key},
                                 {"outcome", migration::to_string(note.outcome)},
                                 {"to", note.to},
                                 {"why", note.why}});
  }
  const auto names = names_of(import.prompts);
  return json::write_pretty(json::Object{{"notes", std::move(notes)},
                                         {"settings", import.settings},
                                         {"prompts", json::Array(names.begin(), names.end())}});
}

/// The values of a settings file one by one, so that they join those that are there.
void add_values(const json::Object& members, const config::Place& at,
                std::vector<config::NewValue>& values) {
  for (const auto& [key, value] : members) {
    auto place = at;
    place.path.emplace_back(key);
    if (value.is_object()) {
      add_values(value.get_object(), place, values);
    } else {
      values.push_back({.place = std::move(place), .value = value});
    }
  }
}

/// Those that are not there as they are. Errors: `conflict` when there is another one of the user's
/// own and `existing` is refuse.
Expected<std::vector<prompt::Template>> new_prompts(const prompt::Library& library,
                                                    const Import& import,
                                                    prompt::Library::Existing existing) {
  std::vector<prompt::Template> prompts;
  for (const auto& one : import.prompts) {
    const auto file = library.file_of(one.name);
    const bool is_own = file && *file == library.own_file(one.name);
    if (is_own && library.find(one.name) == one) continue;
    if (is_own && existing == prompt::Library::Existing::refuse) {
      return failure(ErrorKind::conflict,
                     fmt::format("you have another prompt template '{}' already ({}), so nothing "
                                 "was written: rename yours, or use --replace",
                                 one.name, file->native()));
    }
    prompts.push_back(one);
  }
  return prompts;
}

Expected<void> write(Context& context, const Import& import, prompt::Library::Existing existing) {
  const auto library = prompt_library(context);
  if (!library) return failure(library.error());
  const auto prompts = new_prompts(*library, import, existing);
  if (!prompts) return failure(prompts.error());
  for (const auto& one : *prompts) {
    const bool hides =
        library->file_of(one.name) && *library->file_of(one.name) != library->own_file(one.name);
    if (auto saved = library->save(one, existing); !saved) return saved;
    if (hides) {
      context.err.say(fmt::format("llf: your '{}' hides the one that came with llf\n", one.name));
    }
  }
  std::vector<config::NewValue> values;
  add_values(import.settings, {}, values);
  const auto file = settings_file(context);
  if (auto saved = config::save_values(file, values); !saved) return saved;
  context.err.say(fmt::format("llf: {} settings are in {} now, and {} prompts in {}\n",
                              values.size(), file.path.native(), prompts->size(),
                              context.paths.prompts_dir().native()));
  return {};
}

}  // namespace

Expected<int> run_config_import(Context& context, const Arguments& arguments) {
  const auto import = import_all(arguments);
  if (!import) return failure(import.error());
  const auto text = context.format == Format::json ? as_json(*import) : as_text(*import);
  if (auto printed = context.out.write(text); !printed) return failure(printed.error());
  if (import->settings.empty() && import->prompts.empty()) {
    context.err.say("llf: there is nothing to take over\n");
    return 0;
  }
  if (!arguments.has("--write")) {
    context.err.say("llf: nothing is written; --write takes it over\n");
    return 0;
  }
  const auto existing = arguments.has("--replace") ? prompt::Library::Existing::replace
                                                   : prompt::Library::Existing::refuse;
  const SettingsChange change(context);
  if (auto written = write(context, *import, existing); !written) {
    return failure(written.error());
  }
  return change.take_effect();
}

}  // namespace llf::cli
