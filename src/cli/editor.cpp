#include "cli/editor.hpp"

#include "base/limits.hpp"
#include "cli/piped_input.hpp"
#include "os/atomic_file.hpp"
#include "os/foreground.hpp"
#include "text/safe_text.hpp"

#include <fmt/format.h>

#include <system_error>
#include <unistd.h>
#include <utility>

namespace llf::cli {
namespace {

namespace fs = std::filesystem;

std::string editor() {
  if (auto visual = os::env("VISUAL")) return *std::move(visual);
  return os::env("EDITOR").value_or("vi");
}

/// The user's editor may have arguments of its own ("code --wait"): a shell splits them.
Expected<void> run_editor(const fs::path& file) {
  const auto name = editor();
  const auto ended = os::run_in_foreground({"sh", "-c", name + " \"$1\"", name, file.native()});
  if (!ended) return failure(ended.error());
  if (ended->success()) return {};
  return failure(ErrorKind::invalid,
                 fmt::format("the editor '{}' ended with {}; EDITOR names another one", name,
                             os::to_string(*ended)));
}

/// Whether the user wants to go on after an error; a standard input that is no terminal cannot say.
bool wants_again(Context& context, const Error& error) {
  context.err.say("llf: " + text::safe_text(error.message) + "\n");
  if (kind_of_input(context.in_fd) != InputKind::terminal) return false;
  context.err.say("Edit again? [Y/n] ");
  std::string line;
  for (char c = 0; !line.ends_with('\n') && ::read(context.in_fd, &c, 1) == 1;) line += c;
  return line.starts_with('\n') || line.starts_with('y') || line.starts_with('Y');
}

Expected<std::string> edited_once(const fs::path& scratch) {
  if (auto run = run_editor(scratch); !run) return failure(run.error());
  return os::read_file(scratch, limits::kSettingsFile);
}

}  // namespace

Expected<std::optional<std::string>> edit_text(Context& context, const EditJob& job) {
  if (auto written = os::replace_file(job.scratch, job.text); !written) {
    return failure(written.error());
  }
  std::error_code ignored;
  for (;;) {
    auto text = edited_once(job.scratch);
    if (!text || *text == job.text) {
      fs::remove(job.scratch, ignored);
      if (!text) return failure(text.error());
      return std::nullopt;
    }
    const auto checked = job.check(*text);
    if (checked) {
      fs::remove(job.scratch, ignored);
      return *std::move(text);
    }
    if (wants_again(context, checked.error())) continue;
    return failure(
        ErrorKind::invalid,
        fmt::format("nothing was changed; what you wrote is kept in {}", job.scratch.native()));
  }
}

}  // namespace llf::cli
