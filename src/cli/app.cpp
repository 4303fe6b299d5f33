#include "cli/app.hpp"

#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/pages.hpp"
#include "os/paths.hpp"
#include "text/markdown.hpp"
#include "text/safe_text.hpp"

#include <csignal>

namespace llf::cli {
namespace {

constexpr int kBrokenPipe = 128 + SIGPIPE;

int report(Streams& streams, const Error& error) {
  if (streams.out.broken()) return kBrokenPipe;
  // Messages may quote what others wrote.
  streams.err.say("llf: " + text::safe_text(error.message) + "\n");
  return facts(error.kind).exit_code;
}

int print(Streams& streams, const std::string& text) {
  const auto written = streams.out.write(text);
  return written ? 0 : report(streams, written.error());
}

int print_page(Streams& streams, std::string_view name) {
  const std::string text(page(name).value_or(""));
  if (streams.out.color() == text::Color::off) return print(streams, text);
  text::MarkdownStyler styler;
  auto styled = styler.push(text);
  styled += styler.finish();
  return print(streams, styled);
}

int run_command(const Command& command, const Arguments& arguments, Streams& streams) {
  os::PathOptions options;
  options.home = arguments.text("--home").value_or("");
  auto paths = os::resolve_paths(options);
  if (!paths) return report(streams, paths.error());
  Context context{.out = streams.out,
                  .err = streams.err,
                  .in_fd = streams.in_fd,
                  .format = arguments.has("--json") ? Format::json : Format::text,
                  .home = options.home,
                  .paths = std::move(*paths),
                  .loop = {}};
  const auto code = command.run(context, arguments);
  if (code) return *code;
  streams.out = context.out;
  return report(streams, code.error());
}

}  // namespace

int run_llf(std::span<const std::string> words, Streams streams) {
  const auto choice = choose_command(words);
  if (!choice) return report(streams, choice.error());
  const auto& command = *choice->command;
  const auto arguments = parse_arguments(
      {.command = command.name, .options = command.options, .max_words = command.max_words},
      choice->words);
  if (!arguments) return report(streams, arguments.error());
  if (arguments->has("--help")) return print_page(streams, command.page);
  if (arguments->has("--version")) return print(streams, version_text());
  return run_command(command, *arguments, streams);
}

std::string version_text() {
  return "llf " LLF_VERSION "\n";
}

}  // namespace llf::cli
