#include "cli/list_command.hpp"

#include "cli/config_command.hpp"
#include "cli/profiles.hpp"
#include "cli/render.hpp"
#include "json/json.hpp"
#include "net/run.hpp"

namespace llf::cli {
namespace {

/// People know profiles that have a model and nothing else as aliases.
void name_aliases(const Context& context, std::vector<client::ModelInfo>& models) {
  const auto config = settings_here(context);
  if (!config) return;
  for (auto& model : models) {
    if (model.source != "profile") continue;
    const auto profile = profile_in(config->settings(), model.id);
    if (profile && is_alias(*profile)) model.source = "alias";
  }
}

}  // namespace

Expected<int> run_list(Context& context, const Arguments&) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const bool json = context.format == Format::json;
  const auto answer = net::run_until_done(
      context.loop, client->get(json ? "/llf/v1/models" : "/llf/v1/models?brief=1"));
  if (!answer) return failure(answer.error());
  auto models = client::read_models(*answer);
  if (!models) return failure(models.error());
  name_aliases(context, *models);
  const auto text = json ? json::write_pretty(*answer) : render_models(*models);
  if (auto written = context.out.write(text); !written) return failure(written.error());
  return 0;
}

}  // namespace llf::cli
