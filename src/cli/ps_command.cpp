#include "cli/ps_command.hpp"

#include "cli/render.hpp"
#include "json/json.hpp"
#include "net/run.hpp"

namespace llf::cli {

Expected<int> run_ps(Context& context, const Arguments& arguments) {
  const auto client = connect_if_running(context);
  if (!client) return failure(client.error());
  const bool why = arguments.has("--why");
  const std::string target = why ? "/llf/v1/workers?why=1" : "/llf/v1/workers";
  json::Value answer = json::Object{{"workers", json::Array{}}};
  if (*client) {
    auto got = net::run_until_done(context.loop, (*client)->get(target));
    if (!got) return failure(got.error());
    answer = std::move(*got);
  }
  const auto workers = client::read_workers(answer);
  if (!workers) return failure(workers.error());
  const auto waiting = client::read_notes(answer, "waiting");
  const auto decisions = client::read_notes(answer, "decisions");
  if (!waiting || !decisions) return failure(waiting ? decisions.error() : waiting.error());
  const auto text = context.format == Format::json
                        ? json::write_pretty(answer)
                        : render_workers(*workers) + render_notes(*waiting) +
                              (why ? "\n" + render_notes(*decisions) : "");
  if (auto written = context.out.write(text); !written) return failure(written.error());
  return 0;
}

}  // namespace llf::cli
