#include "cli/chat_session.hpp"

#include "base/nearest.hpp"
#include "cli/ask.hpp"
#include "cli/config_command.hpp"
#include "cli/piped_input.hpp"
#include "cli/prompt_command.hpp"
#include "cli/render.hpp"
#include "net/run.hpp"
#include "text/safe_text.hpp"
#include "text/style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <unistd.h>

namespace llf::cli {
namespace {

using text::Style;

constexpr std::size_t kRuleColumns = 60;
constexpr std::string_view kPrompt = "> ";
constexpr std::string_view kMorePrompt = "... ";

constexpr std::string_view kHelp =
    "/model [NAME]   show the models, or go on with another one\n"
    "/system [TEXT]  set what the model is told first, or nothing\n"
    "/prompt [NAME]  use a prompt template; none: no one; nothing: the selected one\n"
    "/clear          forget the conversation\n"
    "/multi          write several lines; \"\"\" ends them\n"
    "/help           this list\n"
    "/exit           leave, like /bye, Ctrl-D, exit and quit\n"
    "\n"
    "Several lines also stand between two \"\"\", or end in a backslash. Pasted\n"
    "text is one message. Ctrl-C cancels an answer; at an empty prompt it leaves.\n";

const std::vector<std::string>& command_names() {
  static const std::vector<std::string> names{"/bye",   "/clear",  "/exit", "/help",  "/model",
                                              "/multi", "/prompt", "/quit", "/system"};
  return names;
}

}  // namespace

std::string default_model(const std::vector<client::ModelInfo>& models) {
  const auto chosen = std::ranges::find(models, true, &client::ModelInfo::is_default);
  if (chosen != models.end()) return chosen->id;
  return {};
}

Expected<std::unique_ptr<ChatSession>> ChatSession::create(Context& context,
                                                           ChatSettings settings) {
  auto client = connect(context);
  if (!client) return failure(client.error());
  auto signals =
      os::SignalWatch::create({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH});
  if (!signals) return failure(signals.error());
  const auto wanted = settings.model;
  auto session = std::make_unique<ChatSession>(context, std::move(settings), std::move(*client),
                                               std::move(*signals));
  if (auto chosen = session->choose_model(wanted); !chosen) return failure(chosen.error());
  return session;
}

ChatSession::ChatSession(Context& context, ChatSettings settings, client::ApiClient client,
                         os::SignalWatch signals)
    : context_(context),
      settings_(std::move(settings)),
      client_(std::move(client)),
      signals_(std::move(signals)),
      history_(context.paths.state_dir / "chat_history") {}

Output& ChatSession::screen() {
  return ::isatty(context_.out.fd()) == 1 ? context_.out : context_.err;
}

Expected<void> ChatSession::choose_model(const std::string& wanted) {
  const auto models = net::run_until_done(context_.loop, client_.models());
  if (!models) return failure(models.error());
  std::vector<std::string> names;
  for (const auto& model : *models) names.push_back(model.id);
  const auto name = wanted.empty() ? default_model(*models) : wanted;
  if (name.empty()) {
    return failure(ErrorKind::not_found,
                   names.empty() ? "there is no model on this machine"
                                 : "the setting models.default names no model that is here; 'llf "
                                   "ls' lists the models");
  }
  if (std::ranges::find(names, name) == names.end()) {
    const auto known =
        net::run_until_done(context_.loop, client_.known_names(name, client::Word::is_model));
    if (!known) return failure(known.error());
    if (!known->absence.empty()) return failure(ErrorKind::not_found, known->absence);
  }
  settings_.model = name;
  return {};
}

void ChatSession::welcome() {
  const auto color = screen().color();
  screen().say(text::paint(Style::bold, text::safe_line(settings_.model), color) +
               text::paint(Style::dim, "  /help lists what you can type, Ctrl-D leaves", color) +
               "\n" + text::rule(std::min(kRuleColumns, screen().terminal().columns), color) +
               "\n");
}

Expected<int> ChatSession::run() {
  // Without the folder there is only no history.
  static_cast<void>(os::ensure_dir(context_.paths.state_dir));
  const auto entries = history_.load();
  reader_ = make_line_reader(
      {.in_fd = context_.in_fd, .out = screen(), .signals = signals_, .history = entries});
  welcome();
  while (true) {
    if (!input_.pending()) {
      screen().say(text::paint(Style::user, "You:", screen().color()) + "\n");
    }
    const auto typed = reader_->read(input_.pending() ? kMorePrompt : kPrompt);
    const auto code = take_line(typed);
    if (context_.out.broken()) return failure(ErrorKind::cancelled, "the output is closed");
    if (code) return *code;
  }
}

std::optional<int> ChatSession::take_line(const TypedLine& typed) {
  switch (typed.end) {
    case TypedLine::End::line:
      return take_entry(input_.take(to_utf8(typed.text).text));
    case TypedLine::End::end_of_input:
      return take_entry(input_.end());
    case TypedLine::End::interrupted:
      if (typed.text.empty() && !input_.pending()) return 128 + SIGINT;
      input_.reset();
      return std::nullopt;
    case TypedLine::End::signal:
      return 128 + typed.signal;
  }
  return std::nullopt;
}

std::optional<int> ChatSession::take_entry(const ChatEntry& entry) {
  switch (entry.kind) {
    case ChatEntry::Kind::nothing:
    case ChatEntry::Kind::more:
      return std::nullopt;
    case ChatEntry::Kind::leave:
      return 0;
    case ChatEntry::Kind::command:
      return command(entry);
    case ChatEntry::Kind::message:
      break;
  }
  reader_->remember(entry.text);
  static_cast<void>(history_.append(entry.text));
  answer(entry.text);
  return std::nullopt;
}

bool ChatSession::reconnect() {
  auto client = connect(context_);
  if (client) {
    client_ = std::move(*client);
  } else {
    warn(client.error().message);
  }
  return client.has_value();
}

void ChatSession::answer(const std::string& message) {
  if (!reconnect()) return;
  auto& out = screen();
  out.say("\n" + text::paint(Style::model, text::safe_line(settings_.model) + ":", out.color()) +
          "\n");
  const auto look =
      context_.out.color() == text::Color::on ? AnswerLook::markdown : AnswerLook::plain;
  AnswerView view(context_.out, look);
  conversation_.ask(message);
  const auto got = ask(context_, {.client = client_,
                                  .request = make_request(settings_, conversation_.messages()),
                                  .view = &view,
                                  .signals = signals_});
  if (got.outcome == Answer::Outcome::complete) {
    conversation_.complete(to_utf8(got.text).text);
  } else {
    conversation_.abandon(to_utf8(got.text).text);
  }
  if (got.outcome == Answer::Outcome::interrupted) {
    // Another signal than Ctrl-C ends the chat at the next prompt.
    if (got.signal != SIGINT) ::raise(got.signal);
    out.say(text::paint(Style::dim, "(cancelled)", out.color()) + "\n");
  }
  if (got.error) warn(got.error->message);
  if (got.end.finish_reason == "length") {
    out.say(text::paint(Style::dim, "(the limit of tokens was reached)", out.color()) + "\n");
  }
  out.say(text::rule(std::min(kRuleColumns, out.terminal().columns), out.color()) + "\n");
}

std::optional<int> ChatSession::command(const ChatEntry& entry) {
  const auto& name = entry.name;
  if (name == "exit" || name == "bye" || name == "quit") return 0;
  if (name == "help" || name == "?") {
    screen().say(kHelp);
  } else if (name == "clear") {
    clear();
  } else if (name == "model") {
    change_model(entry.text);
  } else if (name == "system") {
    change_system(entry.text);
  } else if (name == "prompt") {
    change_prompt(entry.text);
  } else if (name == "multi") {
    input_.begin_block();
  } else {
    warn(fmt::format("there is no command '/{}'.{}", name,
                     did_you_mean("/" + name, command_names())));
  }
  return std::nullopt;
}

void ChatSession::change_model(const std::string& name) {
  if (!reconnect()) return;
  if (name.empty()) {
    const auto models = net::run_until_done(context_.loop, client_.models());
    if (models) screen().say(render_models(*models));
    if (!models) warn(models.error().message);
    return;
  }
  const auto chosen = choose_model(name);
  if (!chosen) return warn(chosen.error().message);
  screen().say(text::paint(Style::dim, "going on with " + text::safe_line(settings_.model),
                           screen().color()) +
               "\n");
}

void ChatSession::change_prompt(const std::string& name) {
  if (!name.empty() && name != prompt::kNone && name != prompt::kSelected) {
    const auto library = prompt_library(context_);
    const auto found = library ? library->file_of(name) : failure(library.error());
    if (!found) return warn(found.error().message);
  }
  settings_.prompt = name.empty() ? std::string(prompt::kSelected) : name;
  auto shown = settings_.prompt;
  if (shown == prompt::kSelected) {
    const auto config = settings_here(context_);
    const auto selected = config ? config->settings().prompts.use : std::string();
    shown = fmt::format("the selected one, {}", selected.empty() ? prompt::kNone : selected);
  }
  screen().say(
      text::paint(Style::dim, "the prompt is " + text::safe_line(shown), screen().color()) + "\n");
}

void ChatSession::change_system(const std::string& text) {
  settings_.system = text;
  const auto* said = text.empty() ? "no system prompt" : "the system prompt is set";
  screen().say(text::paint(Style::dim, said, screen().color()) + "\n");
}

void ChatSession::clear() {
  conversation_.clear();
  // ECMA-48: cursor to the top, everything erased.
  if (screen().terminal().rewrites) screen().say("\x1b[H\x1b[2J");
  welcome();
}

void ChatSession::warn(std::string_view text) {
  context_.err.say(text::paint(Style::bad, "llf: " + text::safe_text(text), context_.err.color()) +
                   "\n");
}

}  // namespace llf::cli
