#include "cli/model_remove_command.hpp"

#include "cli/json_view.hpp"
#include "net/run.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <unistd.h>

namespace llf::cli {
namespace {

Expected<json::Object> ask_to_remove(Context& context, const std::string& name, json::Value dry) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto answer = net::run_until_done(
      context.loop, client->remove_model({{"model", name}, {"dry_run", std::move(dry)}}));
  if (!answer) return failure(answer.error());
  return json::as_object(*answer, "an answer of llfd");
}

/// A line that somebody types; empty at the end of the input.
std::string read_line(int fd) {
  std::string line;
  for (char c = 0; line.size() < 100;) {
    const auto got = ::read(fd, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') break;
    line += c;
  }
  return line;
}

Expected<bool> agrees(Context& context) {
  if (::isatty(context.in_fd) == 0) {
    return failure(ErrorKind::invalid,
                   "nobody is here to be asked: say --yes to remove it, or --dry-run to look");
  }
  context.err.say("Remove it? [y/N] ");
  const auto answer = read_line(context.in_fd);
  return answer == "y" || answer == "Y" || answer == "yes";
}

std::string what_goes(const json::Object& removal) {
  const auto kept = list_in(removal, "kept").size();
  auto text = fmt::format("{}: {} become free", text_in(removal, "model"),
                          bytes_text(number_in(removal, "freed_bytes")));
  if (kept > 0) text += fmt::format("; {} of its files stay, something else needs them", kept);
  return text + "\n";
}

}  // namespace

Expected<int> run_model_remove(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid, "llf model remove what? `llf ls` lists the models");
  }
  const auto plan = ask_to_remove(context, arguments.words().front(), true);
  if (!plan) return failure(plan.error());
  const bool json = context.format == Format::json;
  if (arguments.has("--dry-run")) {
    return print(context, json ? json::write_pretty(*plan) : what_goes(*plan));
  }
  if (!arguments.has("--yes")) {
    if (!json) context.err.say(what_goes(*plan));
    const auto agreed = agrees(context);
    if (!agreed) return failure(agreed.error());
    if (!*agreed) return 1;
  }
  const auto removed = ask_to_remove(context, json::get_string(*plan, "model").value_or(""), false);
  if (!removed) return failure(removed.error());
  return print(context, json ? json::write_pretty(*removed) : "removed " + what_goes(*removed));
}

}  // namespace llf::cli
