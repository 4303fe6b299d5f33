#include "cli/prompt_command.hpp"

#include "base/limits.hpp"
#include "cli/config_command.hpp"
#include "cli/legacy_folder.hpp"
#include "json/json.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "prompt/legacy.hpp"
#include "prompt/template.hpp"
#include "prompt/variables.hpp"
#include "text/table.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace llf::cli {
namespace {

namespace fs = std::filesystem;
using prompt::Library;

/// The path for people, the object for programs.
Expected<int> print_place(Context& context, std::string_view name, const fs::path& path) {
  return print(context,
               context.format == Format::json
                   ? json::write_pretty(json::Object{{"name", name}, {"path", path.native()}})
                   : path.native() + "\n");
}

/// The first word, or what the command is.
Expected<std::string> first_word(const Arguments& arguments, std::string_view usage) {
  if (!arguments.words().empty()) return arguments.words().front();
  return failure(ErrorKind::invalid, fmt::format("it is: llf prompt {}", usage));
}

json::Array as_array(const std::vector<std::string>& texts) {
  return json::Array(texts.begin(), texts.end());
}

json::Object as_json(const prompt::Entry& entry) {
  json::Object object{{"name", entry.name}, {"from", prompt::to_string(entry.source)}};
  if (entry.content) {
    object["description"] = entry.content->description;
    object["category"] = entry.content->category;
    object["tags"] = as_array(entry.content->tags);
    object["variables"] = as_array(prompt::variables_of(*entry.content));
  } else {
    object["error"] = entry.content.error().message;
  }
  return object;
}

/// What is to be imported.
struct Source {
  std::string name;     ///< of the file or folder
  fs::path path;        ///< of the prompt
  LegacyFolder folder;  ///< its texts; of a file the prompt alone
};

Expected<Source> read_source(fs::path path) {
  std::error_code ignored;
  if (!path.has_filename()) path = path.parent_path();  // a slash at the end
  if (!fs::is_directory(path, ignored)) {
    auto text = os::read_file(path, limits::kPromptFile);
    if (!text) return failure(text.error());
    return Source{
        .name = path.stem(), .path = path, .folder = {.prompt = *std::move(text), .facts = {}}};
  }
  // "." has no name of its own.
  Source source{.name = fs::weakly_canonical(path, ignored).filename(),
                .path = path / kLegacyPromptFile,
                .folder = {}};
  const auto is_there = is_legacy_folder(path);
  if (!is_there) return failure(is_there.error());
  if (!*is_there) {
    return failure(ErrorKind::not_found,
                   fmt::format("there is no {}: a folder is imported if it is one of the Python "
                               "llf's prompt_templates; else name a file",
                               source.path.native()));
  }
  auto folder = read_legacy_folder(path);
  if (!folder) return failure(folder.error());
  source.folder = *std::move(folder);
  return source;
}

Expected<prompt::Converted> convert(std::string_view name, const LegacyFolder& source) {
  if (prompt::is_legacy(source.prompt)) return prompt::convert_legacy(name, source.files());
  auto content = prompt::parse_template(name, source.prompt);
  if (!content) return failure(content.error());
  return prompt::Converted{.content = *std::move(content), .notes = {}};
}

/// Under which name it is imported.
Expected<std::string> name_of(const Arguments& arguments, const Source& source) {
  if (auto given = arguments.text("--name")) return *std::move(given);
  auto name = prompt::as_template_name(source.name);
  if (!name.empty()) return name;
  return failure(ErrorKind::invalid, fmt::format("no name can be made of '{}': choose one with "
                                                 "--name",
                                                 source.name));
}

Library::Existing existing(const Arguments& arguments) {
  return arguments.has("--replace") ? Library::Existing::replace : Library::Existing::refuse;
}

/// What there is to say once `name` is saved: that it takes the place of a shipped one, or nothing.
/// Call before it is saved.
std::string remark(const Library& library, std::string_view name) {
  const auto file = library.file_of(name);
  if (!file || *file == library.own_file(name)) return {};
  return fmt::format("llf: it hides the '{}' that came with llf\n", name);
}

/// When the selected template is gone every chat fails.
void warn_if_selected(Context& context, const Library& library, const std::string& name) {
  const auto config = settings_here(context);
  if (!config || config->settings().prompts.use != name || library.file_of(name)) return;
  context.err.say(fmt::format(
      "llf: '{}' is still the selected one: 'llf prompt use none', or another\n", name));
}

}  // namespace

Expected<Library> prompt_library(const Context& context) {
  const auto program = os::executable_path();
  if (!program) return failure(program.error());
  return Library(context.paths.prompts_dir(),
                 program->parent_path().parent_path() / "share/llf/prompts");
}

Expected<int> run_prompt_list(Context& context, const Arguments&) {
  const auto library = prompt_library(context);
  if (!library) return failure(library.error());
  const auto entries = library->list();
  if (!entries) return failure(entries.error());
  if (context.format == Format::json) {
    json::Array prompts;
    for (const auto& entry : *entries) prompts.push_back(as_json(entry));
    return print(context, json::write_pretty(json::Object{{"prompts", std::move(prompts)}}));
  }
  text::Table table({{.title = "NAME"}, {.title = "FROM"}, {.title = "DESCRIPTION"}});
  for (const auto& entry : *entries) {
    table.add({entry.name, std::string(prompt::to_string(entry.source)),
               entry.content ? entry.content->description
                             : fmt::format("broken: {}", entry.content.error().message)});
  }
  return print(context, table.str());
}

Expected<int> run_prompt_show(Context& context, const Arguments& arguments) {
  const auto name = first_word(arguments, "show NAME");
  if (!name) return failure(name.error());
  const auto library = prompt_library(context);
  if (!library) return failure(library.error());
  const auto content = library->find(*name);
  if (!content) return failure(content.error());
  auto text = prompt::write_template(*content);
  if (context.format == Format::text) return print(context, text);
  const auto file = library->file_of(*name);
  const auto value = json::parse(text);
  if (!file || !value) return failure(file ? value.error() : file.error());
  const auto source =
      *file == library->own_file(*name) ? prompt::Source::own : prompt::Source::shipped;
  return print(context, json::write_pretty(
                            json::Object{{"name", *name},
                                         {"from", prompt::to_string(source)},
                                         {"path", file->native()},
                                         {"variables", as_array(prompt::variables_of(*content))},
                                         {"template", *value}}));
}

Expected<int> run_prompt_create(Context& context, const Arguments& arguments) {
  const auto name = first_word(arguments, "create NAME [--from OTHER] [--system TEXT]");
  if (!name) return failure(name.error());
  const auto library = prompt_library(context);
  if (!library) return failure(library.error());
  prompt::Template content;
  if (const auto other = arguments.text("--from")) {
    auto found = library->find(*other);
    if (!found) return failure(found.error());
    content = *std::move(found);
  }
  content.name = *name;
  content.system = arguments.text("--system").value_or(content.system);
  content.description = arguments.text("--description").value_or(content.description);
  const auto hint = remark(*library, *name);
  if (auto saved = library->save(content, Library::Existing::refuse); !saved) {
    return failure(saved.error());
  }
  context.err.say(hint);
  return print_place(context, *name, library->own_file(*name));
}

Expected<int> run_prompt_delete(Context& context, const Arguments& arguments) {
  const auto name = first_word(arguments, "delete NAME");
  if (!name) return failure(name.error());
  const auto library = prompt_library(context);
  if (!library) return failure(library.error());
  const auto kept = library->remove(*name);
  if (!kept) return failure(kept.error());
  warn_if_selected(context, *library, *name);
  if (context.format == Format::json) return print_place(context, *name, *kept);
  context.err.say(fmt::format("llf: '{}' is deleted, and kept in {}\n", *name, kept->native()));
  return 0;
}

Expected<int> run_prompt_import(Context& context, const Arguments& arguments) {
  const auto word = first_word(arguments, "import FILE [--name NAME] [--replace]");
  if (!word) return failure(word.error());
  const auto library = prompt_library(context);
  if (!library) return failure(library.error());
  const auto source = read_source(*word);
  if (!source) return failure(source.error());
  const auto name = name_of(arguments, *source);
  if (!name) return failure(name.error());
  const auto converted = convert(*name, source->folder);
  if (!converted) return failure(converted.error().with_context(source->path.native()));
  const auto hint = remark(*library, *name);
  // A file of our own format stays as it was written, comments included.
  const auto written = prompt::is_legacy(source->folder.prompt)
                           ? prompt::write_template(converted->content)
                           : source->folder.prompt;
  if (auto saved = library->save_text(*name, written, existing(arguments)); !saved) {
    auto error = saved.error();
    if (error.kind == ErrorKind::conflict) error.message += ", or use --replace or --name";
    return failure(std::move(error));
  }
  for (const auto& note : converted->notes) context.err.say(fmt::format("llf: {}\n", note));
  context.err.say(hint);
  return print_place(context, *name, library->own_file(*name));
}

Expected<int> run_prompt_export(Context& context, const Arguments& arguments) {
  const auto name = first_word(arguments, "export NAME [FILE]");
  if (!name) return failure(name.error());
  const auto library = prompt_library(context);
  if (!library) return failure(library.error());
  const auto content = library->find(*name);
  if (!content) return failure(content.error());
  const auto text = prompt::write_template(*content);
  if (arguments.words().size() == 1) return print(context, text);
  fs::path path = arguments.words()[1];
  std::error_code error;
  if (fs::is_directory(path, error)) path /= *name + ".json";
  if (fs::exists(fs::symlink_status(path, error)) && !arguments.has("--replace")) {
    return failure(ErrorKind::conflict,
                   fmt::format("{} is there already: --replace overwrites it", path.native()));
  }
  if (auto written = os::write_file_atomically(path, text); !written) {
    return failure(written.error());
  }
  return print_place(context, *name, path);
}

}  // namespace llf::cli
