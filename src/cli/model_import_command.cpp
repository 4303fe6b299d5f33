#include "cli/model_import_command.hpp"

#include "cli/json_view.hpp"
#include "net/run.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <string>

namespace llf::cli {

Expected<int> run_model_import(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid, "llf model import what? A .gguf file, or a folder of them");
  }
  const auto path = os::whole_path(arguments.words().front());
  if (!path) return failure(path.error());
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto object = object_of(net::run_until_done(
      context.loop,
      client->import_model({{"path", path->native()}, {"copy", arguments.has("--copy")}})));
  if (!object) return failure(object.error());
  if (context.format == Format::json) return print(context, json::write_pretty(*object));
  std::string out;
  for (const auto& item : list_in(*object, "files")) {
    const auto* file = item.if_object();
    if (file == nullptr) continue;
    out += fmt::format("{}  ({})\n", text_in(*file, "to"), text_in(*file, "how"));
  }
  return print(context, out);
}

}  // namespace llf::cli
