#include "cli/model_download_command.hpp"

#include "base/ascii.hpp"
#include "base/limits.hpp"
#include "base/percent.hpp"
#include "cli/json_view.hpp"
#include "cli/model_command.hpp"
#include "cli/model_import_command.hpp"
#include "cli/model_verify_command.hpp"
#include "cli/progress_display.hpp"
#include "cli/render_download.hpp"
#include "net/run.hpp"
#include "net/signals.hpp"
#include "os/shell_word.hpp"

#include <fmt/format.h>

#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llf::cli {
namespace {

/// What --sha256 says, in lower case. Errors: `invalid` for what is none.
Expected<std::optional<std::string>> promised_digest(const Arguments& arguments) {
  constexpr std::size_t kDigits = 64;
  const auto word = arguments.text("--sha256");
  if (!word) return std::nullopt;
  auto digest = ascii_lower(*word);
  if (digest.size() == kDigits &&
      digest.find_first_not_of("0123456789abcdef") == std::string::npos) {
    return digest;
  }
  return failure(
      ErrorKind::invalid,
      fmt::format("--sha256 takes {} hexadecimal digits, as sha256sum prints them", kDigits));
}

Expected<json::Object> download_body(const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid,
                   "llf model download what? A name of llf's catalog (`llf model recommend`), or a "
                   "repository, ORG/REPO or ORG/REPO:QUANTISATION, which `llf model search` finds");
  }
  json::Object body{{"model", arguments.words().front()}, {"dry_run", arguments.has("--dry-run")}};
  const auto digest = promised_digest(arguments);
  if (!digest) return failure(digest.error());
  if (*digest) body["sha256"] = **digest;
  if (const auto mirrors = arguments.text("--mirror")) {
    json::Array list;
    for (std::string_view rest = *mirrors; !rest.empty();) {
      const auto comma = std::min(rest.find(','), rest.size());
      list.push_back(json::Value(std::string(rest.substr(0, comma))));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    body["mirrors"] = std::move(list);
  }
  add_hub(body);
  return body;
}

/// The path of a URL of this machine (RFC 8089); nothing for any other word.
std::optional<std::string> path_of_url(std::string_view word) {
  constexpr std::string_view kScheme = "file:";
  if (!word.starts_with(kScheme)) return std::nullopt;
  word.remove_prefix(kScheme.size());
  for (const std::string_view host : {"//localhost/", "///"}) {
    if (word.starts_with(host)) word.remove_prefix(host.size() - 1);
  }
  return percent_decode(word);
}

/// A file of this machine is not downloaded but made a part of llf's models, as an import does it.
Expected<int> take_file(Context& context, const std::string& path, const Arguments& arguments) {
  if (!path.starts_with('/') || path.starts_with("//")) {
    return failure(ErrorKind::invalid, "a file: URL names a file of this machine: file:///PATH");
  }
  if (arguments.has("--dry-run") || arguments.has("--mirror")) {
    return failure(ErrorKind::invalid,
                   "of a file of this machine nothing is downloaded: no --dry-run, no --mirror");
  }
  const auto promised = promised_digest(arguments);
  if (!promised) return failure(promised.error());
  if (*promised) {
    const auto client = connect(context);
    if (!client) return failure(client.error());
    const auto verified = verify(context, *client, {{"model", path}});
    if (!verified) return failure(verified.error());
    for (const auto& item : list_in(*verified, "files")) {
      const auto* file = item.if_object();
      if (file == nullptr || text_in(*file, "sha256") == **promised) continue;
      return failure(ErrorKind::corrupt,
                     fmt::format("{} is not the file that was promised: its SHA-256 is {}", path,
                                 text_in(*file, "sha256")));
    }
  }
  return import_path(context, path, arguments);
}

/// Shows a download as it goes on. It outlives its task.
class Watching {
 public:
  explicit Watching(Context& context) : context_(context), display_(context.err) {}

  /// Errors: those of Output::write.
  Expected<void> take(const json::Object& event, const std::string& text) {
    if (auto download = object_in(event, "download"); !download.empty()) last_ = download;
    if (context_.format == Format::json) return context_.out.write(text + "\n");
    if (const auto plan = object_in(event, "plan"); !plan.empty()) {
      context_.err.say(render_plan(plan));
      plan_ = plan;
    }
    if (auto download = object_in(event, "download"); !download.empty()) show(std::move(download));
    return {};
  }

  /// What the command comes to. Errors: what the download ended with.
  Expected<int> end() {
    display_.clear();
    if (context_.format == Format::json) return last_.empty() || state() == "done" ? 0 : 1;
    if (last_.empty()) return print(context_, render_plan_files(plan_));  // a dry run
    const auto note = text_in(last_, "note");
    if (!note.empty()) context_.err.say(note + "\n");
    const auto model = text_in(last_, "model");
    if (state() == "done") {
      return print(context_,
                   fmt::format("{} is there: llf run {}\n", model, os::shell_word(model)));
    }
    if (state() == "stopped" || state() == "interrupted") {
      return failure(ErrorKind::cancelled,
                     fmt::format("the download was stopped; llf model download {} goes on with it",
                                 os::shell_word(model)));
    }
    return failure(ErrorKind::upstream, text_in(last_, "error"));
  }

  void clear() { display_.clear(); }

  void leave() {
    clear();
    if (last_.empty() || context_.format == Format::json) return;
    const auto model = text_in(last_, "model");
    context_.err.say(
        fmt::format("llfd goes on with it: `llf model downloads` shows it, `llf model "
                    "downloads --stop {}` stops it\n",
                    os::shell_word(model)));
  }

 private:
  [[nodiscard]] std::string state() const { return text_in(last_, "state"); }

  void show(json::Object download) {
    last_ = std::move(download);
    if (context_.err.terminal().rewrites) {
      display_.draw(progress_of(last_));
      return;
    }
    // No terminal: a line for every tenth, and for what keeps it.
    const auto tenth = tenth_of(last_);
    const auto trouble = text_in(last_, "trouble");
    const bool is_new = (tenth && tenth != told_) || (!trouble.empty() && told_trouble_.empty());
    if (!is_new) return;
    told_ = tenth;
    told_trouble_ = trouble;
    context_.err.say(progress_text(last_));
  }

  Context& context_;
  ProgressDisplay display_;
  json::Object plan_;
  json::Object last_;
  std::optional<std::int64_t> told_;
  std::string told_trouble_;
};

Task<Expected<void>> watch(const client::ApiClient& client, json::Object body, Watching& watching) {
  auto stream = co_await client.download(std::move(body));
  if (!stream) co_return failure(stream.error());
  for (;;) {
    const auto event = co_await stream->next();
    if (!event && event.error().kind == ErrorKind::upstream) {
      co_return failure(ErrorKind::upstream,
                        "llfd ended in the middle of it: the same command goes on with the "
                        "download");
    }
    if (!event) co_return failure(event.error());
    if (!*event) co_return Expected<void>();
    const auto value = json::parse((*event)->data);
    const auto* object = value ? value->if_object() : nullptr;
    if (object == nullptr) continue;
    if (const auto error = object_in(*object, "error"); !error.empty()) {
      co_return failure(ErrorKind::unavailable, text_in(error, "message"));
    }
    if (auto shown = watching.take(*object, (*event)->data); !shown) {
      co_return failure(shown.error());
    }
  }
}

}  // namespace

Expected<int> run_model_download(Context& context, const Arguments& arguments) {
  const auto& words = arguments.words();
  if (const auto path = words.empty() ? std::nullopt : path_of_url(words.front())) {
    return take_file(context, *path, arguments);
  }
  auto body = download_body(arguments);
  if (!body) return failure(body.error());
  const auto client = connect(context);
  if (!client) return failure(client.error());
  return download(context, *client, *std::move(body));
}

Expected<int> download(Context& context, const client::ApiClient& client, json::Object body) {
  auto signals = net::Signals::create(context.loop, {SIGINT, SIGTERM});
  if (!signals) return failure(signals.error());
  Watching watching(context);
  const auto ended = net::run_until_done(
      context.loop, net::race(watch(client, std::move(body), watching), signals->wait()));
  if (ended.winner == 1) {
    watching.leave();
    return facts(ErrorKind::cancelled).exit_code;
  }
  if (!ended.first) {
    watching.clear();
    return failure(ended.first.error());
  }
  return watching.end();
}

namespace {

/// The one of a list of downloads that a word means, as far as that can be seen from here: of this
/// name, or the only one whose name has it. Empty: none.
json::Object listed(const json::Array& downloads, std::string_view word) {
  std::vector<json::Object> found;
  for (const auto& item : downloads) {
    const auto* one = item.if_object();
    if (one == nullptr) continue;
    const auto model = text_in(*one, "model");
    if (model == word) return *one;
    if (ascii_lower(model).contains(ascii_lower(word))) found.push_back(*one);
  }
  return found.size() == 1 ? found.front() : json::Object();
}

Expected<int> end_download(Context& context, const client::ApiClient& client, json::Object body) {
  const auto list = object_of(net::run_until_done(context.loop, client.get("/llf/v1/downloads")));
  if (!list) return failure(list.error());
  const auto one = listed(list_in(*list, "downloads"), text_in(body, "model"));
  const auto model = one.empty() ? text_in(body, "model") : text_in(one, "model");
  const bool discards = json::get_flag(body, "discard").value_or(false);
  const auto ended =
      net::run_until_done(context.loop, client.post("/llf/v1/downloads/stop", std::move(body)));
  const bool done = text_in(one, "state") == "done";
  if (!ended && ended.error().kind == ErrorKind::not_found && done) {
    return failure(ErrorKind::conflict,
                   fmt::format("{} is downloaded already, nothing is left to stop or discard: `llf "
                               "model remove {}` removes it",
                               model, os::shell_word(model)));
  }
  if (!ended) return failure(ended.error());
  if (context.format == Format::json) return print(context, json::write_pretty(*ended));
  if (!discards) {
    return print(context, fmt::format("stopped {}: llf model download {} goes on with it\n", model,
                                      os::shell_word(model)));
  }
  return print(context, fmt::format("{} {}\n", model,
                                    done ? "is downloaded and stays: only the list forgets it"
                                         : "is stopped, and what had come of it discarded"));
}

}  // namespace

Expected<int> run_model_downloads(Context& context, const Arguments& arguments) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto stops = arguments.text("--stop");
  const auto discards = arguments.text("--discard");
  if (stops && discards) {
    return failure(ErrorKind::invalid, "say --stop or --discard, not both");
  }
  if (stops || discards) {
    return end_download(context, *client,
                        {{"model", stops ? *stops : *discards}, {"discard", discards.has_value()}});
  }
  const auto object =
      object_of(net::run_until_done(context.loop, client->get("/llf/v1/downloads")));
  if (!object) return failure(object.error());
  return print(context, context.format == Format::json ? json::write_pretty(*object)
                                                       : render_downloads(*object));
}

Expected<int> run_model_search(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid, "llf model search what? Say words of a model's name");
  }
  const auto limit = arguments.integer("--limit", 1, limits::kHubSearchMost);
  if (!limit) return failure(limit.error());
  std::string query;
  for (const auto& word : arguments.words()) query += (query.empty() ? "" : " ") + word;
  json::Object body{{"query", query}};
  if (*limit) body["limit"] = **limit;
  add_hub(body);
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto object = object_of(net::run_until_done(context.loop, client->search(std::move(body))));
  if (!object) return failure(object.error());
  if (context.format == Format::json) return print(context, json::write_pretty(*object));
  if (list_in(*object, "models").empty()) {
    return failure(ErrorKind::not_found,
                   fmt::format("nothing with GGUF files is called '{}'", query));
  }
  return print(context, render_found(*object));
}

}  // namespace llf::cli
