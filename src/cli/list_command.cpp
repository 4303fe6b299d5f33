#include "cli/list_command.hpp"

#include "cli/render.hpp"
#include "json/json.hpp"
#include "net/run.hpp"

namespace llf::cli {

Expected<int> run_list(Context& context, const Arguments&) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const bool json = context.format == Format::json;
  const auto answer = net::run_until_done(
      context.loop, client->get(json ? "/llf/v1/models" : "/llf/v1/models?brief=1"));
  if (!answer) return failure(answer.error());
  const auto models = client::read_models(*answer);
  if (!models) return failure(models.error());
  const auto text = json ? json::write_pretty(*answer) : render_models(*models);
  if (auto written = context.out.write(text); !written) return failure(written.error());
  return 0;
}

}  // namespace llf::cli
