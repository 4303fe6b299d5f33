#include "cli/model_command.hpp"

#include "base/utf8.hpp"
#include "cli/json_view.hpp"
#include "cli/render_model.hpp"
#include "json/json.hpp"
#include "net/run.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace llf::cli {
namespace {

/// Whether a word that ends as a file's name is a file's on a server: "https://HOST/x.gguf",
/// "ORG/REPO:x.gguf", "hf.co/ORG/REPO/resolve/main/x.gguf". One of that name that is here is meant.
bool is_elsewhere(const std::string& word) {
  const bool addressed =
      word.contains(':') || word.contains("/resolve/") || word.contains("/blob/");
  std::error_code code;
  return addressed && !std::filesystem::exists(word, code);
}

Expected<json::Object> ask_about(Context& context, const Arguments& arguments) {
  auto name = model_or_file(arguments);
  if (!name) return failure(name.error());
  const auto client = connect(context);
  if (!client) return failure(client.error());
  return object_of(net::run_until_done(context.loop, client->model_info(*std::move(name))));
}

Expected<void> compare(Context& context, const Arguments& arguments) {
  const auto name = model_or_file(arguments);
  if (!name) return failure(name.error());
  const auto client = connect(context);
  if (!client) return failure(client.error());
  json::Object body{{"model", *name}};
  add_hub(body);
  const auto answer = net::run_until_done(context.loop, client->compare_model(std::move(body)));
  return answer ? Expected<void>() : failure(answer.error());
}

Expected<int> print_places(Context& context) {
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto object = object_of(net::run_until_done(context.loop, client->get("/llf/v1/models")));
  if (!object) return failure(object.error());
  if (context.format == Format::json) {
    const auto* places = object->if_contains("places");
    return print(
        context,
        json::write_pretty(json::Object{{"places", places == nullptr ? json::Value() : *places}}));
  }
  return print(context, render_places(*object));
}

}  // namespace

Expected<std::string> model_or_file(const Arguments& arguments) {
  if (arguments.words().empty()) return std::string();
  const auto& word = arguments.words().front();
  if (word.empty()) return failure(ErrorKind::invalid, "which model? Its name is empty");
  const bool is_path = word.starts_with('/') || word.starts_with("./") || word.starts_with("../");
  if (!is_path && (!word.ends_with(".gguf") || is_elsewhere(word))) return word;
  const auto path = os::whole_path(word);
  if (!path) return failure(path.error());
  return path->native();
}

Expected<std::string> told_path(const std::filesystem::path& path) {
  if (is_utf8(path.native())) return path.native();
  return failure(
      ErrorKind::invalid,
      fmt::format("{} has a name that is no UTF-8, which llfd cannot be told: rename it, "
                  "or name the folder above it",
                  path.native()));
}

void add_hub(json::Object& body) {
  const auto endpoint = os::env("HF_ENDPOINT");
  const auto token = os::env("HF_TOKEN");
  // A token is for the hub that this terminal means, not for one that llfd was started with.
  if (endpoint || token) body["endpoint"] = endpoint.value_or("https://huggingface.co");
  if (token) body["token"] = *token;
}

Expected<int> run_model_info(Context& context, const Arguments& arguments) {
  if (arguments.has("--compare")) {
    if (auto compared = compare(context, arguments); !compared) return failure(compared.error());
  }
  const auto model = ask_about(context, arguments);
  if (!model) return failure(model.error());
  if (arguments.has("--template")) {
    const bool shown = ::isatty(context.out.fd()) != 0;
    return print(context, chat_template_of(*model, shown ? TemplateLook::safe : TemplateLook::raw));
  }
  return print(context,
               context.format == Format::json ? json::write_pretty(*model) : render_model(*model));
}

Expected<int> run_model_where(Context& context, const Arguments& arguments) {
  if (arguments.words().empty()) return print_places(context);
  const auto model = ask_about(context, arguments);
  if (!model) return failure(model.error());
  if (context.format == Format::json) {
    json::Object files;
    for (const std::string_view key : {"files", "projector"}) {
      if (const auto* value = model->if_contains(key)) files[key] = *value;
    }
    return print(context, json::write_pretty(files));
  }
  return print(context, render_files(*model));
}

}  // namespace llf::cli
