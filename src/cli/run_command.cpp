#include "cli/run_command.hpp"

#include "cli/ask.hpp"
#include "cli/chat_command.hpp"
#include "cli/chat_settings.hpp"
#include "cli/first_run.hpp"
#include "cli/interruption.hpp"
#include "cli/piped_input.hpp"
#include "cli/run_plan.hpp"
#include "json/json.hpp"
#include "net/run.hpp"

#include <csignal>

namespace llf::cli {
namespace {

Expected<RunPlan> understand(Context& context, const client::ApiClient& client,
                             const Arguments& arguments) {
  const auto model = arguments.text("--model");
  client::KnownNames known;
  if (needs_models(arguments.words(), model)) {
    using client::Word;
    const auto use = must_be_model(arguments.words()) ? Word::is_model : Word::may_be_prompt;
    auto names =
        net::run_until_done(context.loop, client.known_names(arguments.words().front(), use));
    if (!names) return failure(names.error());
    known = *std::move(names);
  }
  return plan_run(arguments.words(), model, known);
}

std::unexpected<Error> no_prompt() {
  return failure(ErrorKind::invalid,
                 "there is no prompt: give one in quotes, or pipe one in.\n"
                 "Try 'llf run --help'.");
}

/// Reads the standard input next to a prompt: a silent one is left alone, and stderr says so.
Expected<std::string> read_beside_prompt(Context& context, MonoTime deadline) {
  auto input = read_piped_input(context.in_fd, deadline);
  if (!input) return failure(input.error());
  if (input->end == PipedInput::End::silent) {
    context.err.say(
        "llf: nothing came from the standard input within a second: going on without it "
        "(--stdin waits for it)\n");
  }
  return std::move(input->bytes);
}

/// Reads the standard input, which has to hold something: stderr says so when it takes long.
Expected<std::string> read_awaited(Context& context, MonoTime deadline) {
  const auto arrives = input_arrives(context.in_fd, deadline);
  if (!arrives) return failure(arrives.error());
  if (!*arrives) context.err.say("llf: waiting for the standard input\n");
  return read_whole_input(context.in_fd);
}

/// The whole prompt: what was typed and what was piped.
Expected<std::string> gather_prompt(Context& context, const Arguments& arguments,
                                    const std::optional<std::string>& typed) {
  const auto deadline = mono_now() + limits::kStdinPatience;
  std::string piped;
  if (kind_of_input(context.in_fd) == InputKind::readable) {
    auto read = typed && !arguments.has("--stdin") ? read_beside_prompt(context, deadline)
                                                   : read_awaited(context, deadline);
    if (!read) return failure(read.error());
    piped = std::move(*read);
  }
  auto prompt = assemble_prompt(typed, piped);
  if (!prompt) return no_prompt();
  auto text = to_utf8(std::move(*prompt));
  if (text.replaced) {
    context.err.say("llf: the prompt has bytes that are not UTF-8; they were replaced\n");
  }
  return std::move(text.text);
}

std::string as_json(const Answer& answer, AnswerLook look) {
  json::Value usage = nullptr;
  if (answer.end.usage) {
    usage = json::Object{{"prompt_tokens", answer.end.usage->prompt_tokens},
                         {"completion_tokens", answer.end.usage->completion_tokens}};
  }
  const bool whole = answer.outcome == Answer::Outcome::complete;
  const json::Object object{{"model", answer.end.model},
                            {"content", look == AnswerLook::raw ? to_utf8(answer.text).text
                                                                : text::safe_text(answer.text)},
                            {"finish_reason", whole ? answer.end.finish_reason : "cancelled"},
                            {"usage", std::move(usage)}};
  return json::write_pretty(object);
}

AnswerLook choose_look(const Context& context, const Arguments& arguments) {
  if (arguments.has("--raw")) return AnswerLook::raw;
  return context.out.color() == text::Color::on ? AnswerLook::markdown : AnswerLook::plain;
}

Expected<int> answer_prompt(Context& context, const client::ApiClient& client, AnswerLook look,
                            client::ChatRequest request) {
  auto signals = os::SignalWatch::create({SIGINT, SIGTERM, SIGHUP});
  if (!signals) return failure(signals.error());
  AnswerView view(context.out, look);
  const bool json = context.format == Format::json;
  const auto answer = ask(context, {.client = client,
                                    .request = std::move(request),
                                    .view = json ? nullptr : &view,
                                    .signals = *signals});
  if (answer.outcome == Answer::Outcome::failed) return failure(*answer.error);
  if (json) {
    const Interruption interruption(*signals, context.out, context.err);
    if (auto written = context.out.write(as_json(answer, look)); !written) {
      return failure(written.error());
    }
  }
  if (answer.outcome == Answer::Outcome::interrupted) return 128 + answer.signal;
  if (answer.end.finish_reason == "length") {
    context.err.say("llf: the answer ends here because it reached the limit of tokens\n");
  }
  return 0;
}

}  // namespace

Expected<int> run_run(Context& context, const Arguments& arguments) {
  auto settings = read_chat_settings(arguments);
  if (!settings) return failure(settings.error());
  const auto input = kind_of_input(context.in_fd);
  if (arguments.words().empty()) {
    if (input == InputKind::nothing) return no_prompt();
    if (input == InputKind::terminal) return chat(context, std::move(*settings));
  }
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto plan = understand(context, *client, arguments);
  if (!plan) return failure(plan.error());
  settings->model = plan->model;
  if (!plan->prompt && input == InputKind::terminal) return chat(context, std::move(*settings));
  auto prompt = gather_prompt(context, arguments, plan->prompt);
  if (!prompt) return failure(prompt.error());
  auto answered =
      answer_prompt(context, *client, choose_look(context, arguments),
                    make_request(*settings, {{.role = "user", .content = std::move(*prompt)}}));
  if (answered) suggest_model(context, *client);
  return answered;
}

Expected<int> run_piped(Context& context, ChatSettings settings) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const Arguments none;
  auto prompt = gather_prompt(context, none, std::nullopt);
  if (!prompt) {
    // Blank: the end of input before the first message.
    if (prompt.error().kind == ErrorKind::invalid) return 0;
    return failure(prompt.error());
  }
  return answer_prompt(context, *client, choose_look(context, none),
                       make_request(settings, {{.role = "user", .content = std::move(*prompt)}}));
}

}  // namespace llf::cli
