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

/// Whether the user wrote nothing into it, or took it away.
bool is_still(const fs::path& scratch, std::string_view text) {
  const auto now = os::read_file(scratch, limits::kSettingsFile);
  return now ? *now == text : now.error().kind == ErrorKind::not_found;
}

/// `path`, or one beside it when it is there: what was kept of an earlier edit is not overwritten.
fs::path unused(const fs::path& path) {
  std::error_code error;
  auto found = path;
  for (int n = 2; fs::exists(found, error); ++n) {
    found = path.parent_path() /
            fmt::format("{}-{}{}", path.stem().native(), n, path.extension().native());
  }
  return found;
}

}  // namespace

Expected<Edited> edit_text(Context& context, const EditJob& job) {
  const auto scratch = unused(job.scratch);
  if (auto written = os::replace_file(scratch, job.text); !written) return failure(written.error());
  std::error_code ignored;
  const auto kept =
      fmt::format("nothing was changed; what you wrote is kept in {}", scratch.native());
  for (;;) {
    const auto text = edited_once(scratch);
    if (is_still(scratch, job.text)) {
      fs::remove(scratch, ignored);
      if (!text) return failure(text.error());
      context.err.say("llf: nothing was changed\n");
      return Edited::unchanged;
    }
    if (!text) return failure(text.error().with_context(kept));
    const auto saved = job.save(*text);
    if (saved) {
      fs::remove(scratch, ignored);
      return Edited::saved;
    }
    if (saved.error().kind != ErrorKind::invalid) return failure(saved.error().with_context(kept));
    if (!wants_again(context, saved.error())) return failure(ErrorKind::invalid, kept);
  }
}

}  // namespace llf::cli
