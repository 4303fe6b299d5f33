#include "cli/key_command.hpp"

#include "cli/json_view.hpp"
#include "net/run.hpp"
#include "text/table.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <string>

namespace llf::cli {
namespace {

/// The one word of the command. Errors: there is none.
Expected<std::string> name_of(const Arguments& arguments, std::string_view command) {
  if (arguments.words().size() == 1) return arguments.words().front();
  return failure(ErrorKind::invalid, fmt::format("which key? `llf key {} NAME`", command));
}

std::string day_of(std::int64_t unix_s) {
  const auto time = static_cast<std::time_t>(unix_s);
  std::tm parts{};
  if (::localtime_r(&time, &parts) == nullptr) return {};
  return fmt::format("{:%Y-%m-%d}", parts);
}

std::string render_keys(const json::Object& answer) {
  text::Table table({{.title = "NAME"}, {.title = "CREATED"}});
  for (const auto& item : list_in(answer, "keys")) {
    if (const auto* key = item.if_object()) {
      table.add({text_in(*key, "name"), day_of(number_in(*key, "created"))});
    }
  }
  return table.str();
}

}  // namespace

Expected<int> run_key_create(Context& context, const Arguments& arguments) {
  const auto name = name_of(arguments, "create");
  if (!name) return failure(name.error());
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto made = object_of(net::run_until_done(context.loop, client->create_key(*name)));
  if (!made) return failure(made.error());
  if (context.format == Format::json) return print(context, json::write_pretty(*made));
  context.err.say("keep it: it is not shown again. Clients send it as Authorization: Bearer KEY\n");
  return print(context, text_in(*made, "key") + "\n");
}

Expected<int> run_key_list(Context& context, const Arguments&) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto keys = object_of(net::run_until_done(context.loop, client->get("/llf/v1/keys")));
  if (!keys) return failure(keys.error());
  return print(context,
               context.format == Format::json ? json::write_pretty(*keys) : render_keys(*keys));
}

Expected<int> run_key_revoke(Context& context, const Arguments& arguments) {
  const auto name = name_of(arguments, "revoke");
  if (!name) return failure(name.error());
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto revoked = object_of(net::run_until_done(context.loop, client->revoke_key(*name)));
  if (!revoked) return failure(revoked.error());
  return context.format == Format::json ? print(context, json::write_pretty(*revoked)) : 0;
}

}  // namespace llf::cli
