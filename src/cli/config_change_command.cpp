#include "cli/config_change_command.hpp"

#include "base/clock.hpp"
#include "base/number.hpp"
#include "cli/config_command.hpp"
#include "cli/editor.hpp"
#include "cli/settings_change.hpp"
#include "config/config.hpp"
#include "config/difference.hpp"
#include "config/place.hpp"
#include "config/reader.hpp"
#include "config/save.hpp"
#include "net/run.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "text/table.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::cli {
namespace {

namespace fs = std::filesystem;

/// The place that the first word names.
Expected<config::Place> place_of(const Arguments& arguments) {
  return config::find_place(arguments.words().front());
}

Expected<std::optional<std::string>> text_of(const fs::path& file) {
  auto read = config::read_settings_file(file);
  if (!read) return failure(read.error());
  if (!*read) return std::nullopt;
  return std::move((*read)->text);
}

/// A backup by its number: 1 is the newest.
Expected<os::Backup> backup_of(const Context& context, std::string_view word) {
  const auto all = config::backups_of(context.paths.settings_file()).list();
  if (!all) return failure(all.error());
  const auto number = parse_number<std::size_t>(word);
  if (number && *number >= 1 && *number <= all->size()) return (*all)[*number - 1];
  return failure(ErrorKind::not_found,
                 all->empty() ? "there are no backups yet"
                              : fmt::format("there is no backup '{}': 'llf config backups' shows "
                                            "those from 1 to {}",
                                            word, all->size()));
}

std::string when(std::int64_t unix_ms) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::milliseconds(unix_ms));
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(std::time_t{seconds.count()}));
}

/// What a file would change.
struct Candidate {
  fs::path path;
  std::string text;
  std::string before;  ///< what it is compared with when no daemon runs
};

/// `diff` without a word is about the file itself; a number is a backup.
Expected<Candidate> candidate(const Context& context, const Arguments& arguments) {
  const auto file = context.paths.settings_file();
  const auto now = text_of(file);
  if (!now) return failure(now.error());
  Candidate found{.path = file, .text = now->value_or("{}"), .before = now->value_or("{}")};
  if (arguments.words().empty()) {
    const auto kept = config::backups_of(file).list();
    if (!kept) return failure(kept.error());
    if (kept->empty()) {
      found.before = "{}";
      return found;
    }
    auto text = os::read_file(kept->front().path, limits::kSettingsFile);
    if (!text) return failure(text.error());
    found.before = *std::move(text);
    return found;
  }
  const auto& word = arguments.words().front();
  fs::path other = word;
  if (parse_number<std::size_t>(word)) {
    const auto backup = backup_of(context, word);
    if (!backup) return failure(backup.error());
    other = backup->path;
  }
  auto text = os::read_file(other, limits::kSettingsFile);
  if (!text) return failure(text.error());
  found.path = other;
  found.text = *std::move(text);
  return found;
}

/// Without a daemon: file against file. Of one that was wrong the built-in values count.
client::SettingsReport compare(const Candidate& candidate, const config::Settings& to) {
  const auto from = config::read_settings(candidate.before, {}, config::look_up_nothing());
  client::SettingsReport report;
  for (const auto& change : config::difference(from ? from->settings : config::Settings{}, to)) {
    report.changes.push_back({.name = change.name,
                              .from = change.from,
                              .to = change.to,
                              .effect = std::string(config::to_string(change.effect))});
  }
  return report;
}

Expected<client::SettingsReport> report_on(Context& context, const Candidate& candidate) {
  const auto to = config::read_settings(candidate.text, {}, config::look_up_nothing());
  if (!to) return failure(to.error().with_context(candidate.path.native()));
  if (!client::daemon_listens(context.paths)) return compare(candidate, to->settings);
  return ask_daemon_about(context, candidate.text);
}

std::string_view needs(std::string_view effect) {
  if (effect == "restart") return "llf server restart";
  if (effect == "workers") return "models load anew";
  return "nothing";
}

std::string as_text(const client::SettingsReport& report) {
  if (report.changes.empty()) return "nothing differs\n";
  text::Table table({{.title = "SETTING"}, {.title = "FROM"}, {.title = "TO"}, {.title = "NEEDS"}});
  for (const auto& change : report.changes) {
    table.add({change.name, word_of_setting(change.from), word_of_setting(change.to),
               std::string(needs(change.effect))});
  }
  auto text = table.str();
  if (!report.workers.empty()) {
    text +=
        fmt::format("loads anew, after what it is doing: {}\n", fmt::join(report.workers, ", "));
  }
  if (!report.ending.empty()) {
    text += fmt::format("ends, after what it is doing: {}\n", fmt::join(report.ending, ", "));
  }
  return text;
}

}  // namespace

Expected<int> run_config_set(Context& context, const Arguments& arguments) {
  if (arguments.words().size() != 2) {
    return failure(ErrorKind::invalid,
                   "it is: llf config set NAME VALUE, such as 'llf config set server.port 8080'");
  }
  const auto place = place_of(arguments);
  if (!place) return failure(place.error());
  const auto value = config::value_for(*place, arguments.words()[1]);
  if (!value) return failure(value.error());
  const SettingsChange change(context);
  const auto saved = config::save_value(settings_file(context), *place, *value);
  if (!saved) return failure(saved.error());
  warn_of_variable(context, *place);
  return change.take_effect();
}

Expected<int> run_config_unset(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid, "it is: llf config unset NAME");
  }
  const auto place = place_of(arguments);
  if (!place) return failure(place.error());
  const SettingsChange change(context);
  const auto saved = config::remove_value(settings_file(context), *place);
  if (!saved) return failure(saved.error());
  warn_of_variable(context, *place);
  return change.take_effect();
}

Expected<int> run_config_edit(Context& context, const Arguments&) {
  const auto file = context.paths.settings_file();
  if (auto made = os::ensure_dir(file.parent_path()); !made) return failure(made.error());
  const auto before = text_of(file);
  if (!before) return failure(before.error());
  const SettingsChange change(context);
  const auto edited =
      edit_text(context, {.text = before->value_or("{\n}\n"),
                          .scratch = file.parent_path() / "config.edit.json",
                          .save = [&](std::string_view text) {
                            return config::save_text(settings_file(context), *before, text);
                          }});
  if (!edited) return failure(edited.error());
  return *edited == Edited::saved ? change.take_effect() : 0;
}

Expected<int> run_config_backups(Context& context, const Arguments&) {
  const auto all = config::backups_of(context.paths.settings_file()).list();
  if (!all) return failure(all.error());
  if (context.format == Format::json) {
    json::Array backups;
    for (const auto& backup : *all) {
      backups.push_back(json::Object{{"number", backups.size() + 1},
                                     {"path", backup.path.string()},
                                     {"unix_ms", backup.unix_ms}});
    }
    return print(context, json::write_pretty(json::Object{{"backups", std::move(backups)}}));
  }
  text::Table table({{.title = "N"}, {.title = "KEPT"}, {.title = "FILE"}});
  std::size_t number = 0;
  for (const auto& backup : *all) {
    table.add({std::to_string(++number), when(backup.unix_ms), backup.path.string()});
  }
  return print(context, table.str());
}

Expected<int> run_config_restore(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid,
                   "which one? 'llf config backups' numbers them; 1 is the newest");
  }
  const auto backup = backup_of(context, arguments.words().front());
  if (!backup) return failure(backup.error());
  const auto text = os::read_file(backup->path, limits::kSettingsFile);
  if (!text) return failure(text.error());
  const auto file = context.paths.settings_file();
  const auto before = text_of(file);
  if (!before) return failure(before.error());
  const SettingsChange change(context);
  if (const auto read = config::read_settings(*text, {}, config::look_up_nothing()); !read) {
    return failure(read.error().with_context(backup->path.native()));
  }
  if (auto saved = config::save_text(settings_file(context), *before, *text); !saved) {
    return failure(saved.error());
  }
  context.err.say(fmt::format("llf: the settings are those of {}\n", when(backup->unix_ms)));
  return change.take_effect();
}

Expected<int> run_config_diff(Context& context, const Arguments& arguments) {
  const auto found = candidate(context, arguments);
  if (!found) return failure(found.error());
  const auto report = report_on(context, *found);
  if (!report) return failure(report.error());
  if (context.format == Format::text) return print(context, as_text(*report));
  json::Array changes;
  for (const auto& change : report->changes) {
    changes.push_back(json::Object{{"name", change.name},
                                   {"from", change.from},
                                   {"to", change.to},
                                   {"effect", change.effect}});
  }
  return print(context,
               json::write_pretty(json::Object{
                   {"changes", std::move(changes)},
                   {"workers", json::Array(report->workers.begin(), report->workers.end())},
                   {"ending", json::Array(report->ending.begin(), report->ending.end())}}));
}

}  // namespace llf::cli
