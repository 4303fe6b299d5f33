#include "cli/chat_command.hpp"

#include "cli/chat_session.hpp"
#include "cli/first_run.hpp"
#include "cli/piped_input.hpp"
#include "cli/run_command.hpp"

namespace llf::cli {

Expected<int> run_chat(Context& context, const Arguments& arguments) {
  auto settings = read_chat_settings(arguments);
  if (!settings) return failure(settings.error());
  if (!arguments.words().empty()) {
    if (arguments.has("--model")) {
      return failure(ErrorKind::invalid, "name the model once: llf chat MODEL");
    }
    settings->model = arguments.words().front();
  }
  switch (kind_of_input(context.in_fd)) {
    case InputKind::terminal:
      break;
    case InputKind::readable:
      return run_piped(context, std::move(*settings));
    case InputKind::nothing:
      return 0;  // the end of input before the first message
  }
  return chat(context, std::move(*settings));
}

Expected<int> chat(Context& context, ChatSettings settings) {
  if (context.format == Format::json) {
    return failure(ErrorKind::invalid, "a chat has no --json; 'llf run --json PROMPT' has");
  }
  if (const auto client = connect(context)) suggest_model(context, *client);
  auto session = ChatSession::create(context, std::move(settings));
  if (!session) return failure(session.error());
  return (*session)->run();
}

}  // namespace llf::cli
