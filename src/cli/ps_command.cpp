#include "cli/ps_command.hpp"

#include "cli/render.hpp"
#include "json/json.hpp"
#include "net/run.hpp"

namespace llf::cli {

Expected<int> run_ps(Context& context, const Arguments&) {
  const auto client = connect_if_running(context);
  if (!client) return failure(client.error());
  json::Value answer = json::Object{{"workers", json::Array{}}};
  if (*client) {
    auto got = net::run_until_done(context.loop, (*client)->get("/llf/v1/workers"));
    if (!got) return failure(got.error());
    answer = std::move(*got);
  }
  const auto workers = client::read_workers(answer);
  if (!workers) return failure(workers.error());
  const auto text =
      context.format == Format::json ? json::write_pretty(answer) : render_workers(*workers);
  if (auto written = context.out.write(text); !written) return failure(written.error());
  return 0;
}

}  // namespace llf::cli
