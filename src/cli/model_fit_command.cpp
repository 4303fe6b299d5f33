#include "cli/model_fit_command.hpp"

#include "base/limits.hpp"
#include "cli/json_view.hpp"
#include "cli/model_command.hpp"
#include "cli/render_fit.hpp"
#include "net/run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace llf::cli {
namespace {

constexpr std::array<std::string_view, 8> kUses{"chat",   "code",         "reasoning", "tools",
                                                "vision", "multilingual", "embedding", "rerank"};

Expected<json::Object> fit_body(const Arguments& arguments) {
  const auto name = model_or_file(arguments);
  if (!name) return failure(name.error());
  const auto context = arguments.integer("--ctx", limits::kLeastContext, limits::kMostContext);
  if (!context) return failure(context.error());
  const auto slots = arguments.integer("--slots", 1, limits::kMostSlots);
  if (!slots) return failure(slots.error());
  json::Object body{{"model", *name}};
  if (*context) body["context"] = **context;
  if (*slots) body["slots"] = **slots;
  add_hub(body);
  return body;
}

}  // namespace

Expected<int> run_model_fit(Context& context, const Arguments& arguments) {
  auto body = fit_body(arguments);
  if (!body) return failure(body.error());
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto object = object_of(net::run_until_done(context.loop, client->fit(*std::move(body))));
  if (!object) return failure(object.error());
  return print(context,
               context.format == Format::json ? json::write_pretty(*object) : render_fit(*object));
}

Expected<int> run_model_recommend(Context& context, const Arguments& arguments) {
  const auto use = arguments.text("--use").value_or("chat");
  if (std::ranges::find(kUses, use) == kUses.end()) {
    return failure(ErrorKind::invalid, fmt::format("--use is one of {}", fmt::join(kUses, ", ")));
  }
  const auto client = connect(context);
  if (!client) return failure(client.error());
  const auto object =
      object_of(net::run_until_done(context.loop, client->get("/llf/v1/recommend?use=" + use)));
  if (!object) return failure(object.error());
  if (context.format == Format::json) return print(context, json::write_pretty(*object));
  constexpr std::size_t kShown = 10;
  return print(context, render_recommended(*object, arguments.has("--all") ? SIZE_MAX : kShown));
}

}  // namespace llf::cli
