#include "cli/model_export_command.hpp"

#include "cli/bundle_settings.hpp"
#include "cli/config_command.hpp"
#include "cli/follow_work.hpp"
#include "cli/json_view.hpp"
#include "cli/model_command.hpp"
#include "net/run.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace llf::cli {
namespace {

/// The profiles that go with what is exported: the one of that name, else those of the model.
Expected<std::vector<std::string>> profiles_of(Context& context, const client::ApiClient& client,
                                               const std::string& name) {
  const auto config = settings_here(context);
  if (!config) return failure(config.error());
  const auto& profiles = config->settings().profiles;
  if (profiles.contains(name)) return std::vector{name};
  if (profiles.empty()) return std::vector<std::string>();
  const auto model = object_of(net::run_until_done(context.loop, client.model_info(name)));
  if (!model) return failure(model.error());
  const auto files = list_in(*model, "files");
  const auto listed = object_of(net::run_until_done(context.loop, client.get("/llf/v1/models")));
  if (!listed) return failure(listed.error());
  std::vector<std::string> names;
  for (const auto& item : list_in(*listed, "models")) {
    const auto* one = item.if_object();
    const auto* path = one != nullptr ? one->if_contains("path") : nullptr;
    if (path == nullptr || files.empty() || *path != files.front()) continue;
    auto id = json::get_string_or(*one, "id", "").value_or("");
    if (profiles.contains(id)) names.push_back(std::move(id));
  }
  return names;
}

Task<Expected<std::vector<json::Object>>> export_and_follow(const client::ApiClient& client,
                                                            json::Object body,
                                                            ProgressDisplay& display) {
  auto stream = co_await client.export_model(std::move(body));
  if (!stream) co_return failure(stream.error());
  co_return co_await follow_work(*std::move(stream), "writing", display);
}

}  // namespace

Expected<int> run_model_export(Context& context, const Arguments& arguments) {
  const auto& words = arguments.words();
  if (words.size() != 2) {
    return failure(ErrorKind::invalid, "it is: llf model export NAME FILE");
  }
  if (words[1] == "-") {
    return failure(ErrorKind::invalid,
                   "a bundle is written to a file, not to the standard output: name the file");
  }
  const auto name = model_or_file(arguments);
  if (!name) return failure(name.error());
  const auto whole = os::whole_path(words[1]);
  const auto path = whole ? told_path(*whole) : failure(whole.error());
  if (!path) return failure(path.error());
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto profiles = profiles_of(context, *client, *name);
  if (!profiles) return failure(profiles.error());
  auto texts = texts_for_bundle(context, *profiles);
  if (!texts) return failure(texts.error());
  json::Object body{{"model", *name},
                    {"path", *path},
                    {"replace", arguments.has("--replace")},
                    {"texts", *std::move(texts)}};
  ProgressDisplay display(context.err);
  const auto events =
      net::run_until_done(context.loop, export_and_follow(*client, std::move(body), display));
  display.clear();
  if (!events) return failure(events.error());
  const auto& result = events->back();
  if (context.format == Format::json) return print(context, json::write_pretty(result));
  const auto count = list_in(result, "files").size();
  return print(context,
               fmt::format("{}  ({} of {}, {} {})\n", text_in(result, "path"),
                           bytes_text(number_in(result, "size_bytes")), text_in(result, "model"),
                           count, count == 1 ? "file" : "files"));
}

}  // namespace llf::cli
