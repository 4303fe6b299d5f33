#include "cli/model_verify_command.hpp"

#include "base/limits.hpp"
#include "cli/follow_work.hpp"
#include "cli/json_view.hpp"
#include "cli/model_command.hpp"
#include "cli/model_download_command.hpp"
#include "cli/progress_display.hpp"
#include "net/run.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace llf::cli {
namespace {

Task<Expected<std::vector<json::Object>>> verify_and_follow(const client::ApiClient& client,
                                                            json::Object body,
                                                            ProgressDisplay& display) {
  auto stream = co_await client.verify(std::move(body));
  if (!stream) co_return failure(stream.error());
  co_return co_await follow_work(*std::move(stream), "reading", display);
}

/// Where a file is damaged: "bytes 0 to 16777215".
std::string damage_text(const json::Object& file) {
  std::string text;
  const auto damage = list_in(file, "damage");
  for (std::size_t i = 0; i < damage.size() && i < limits::kRangesShown; ++i) {
    const auto* range = damage[i].if_array();
    if (range == nullptr || range->size() != 2) continue;
    const auto begin = range->front().to_number<std::int64_t>();
    const auto end = range->back().to_number<std::int64_t>();
    text += fmt::format("\n  in bytes {} to {}", begin, end - 1);
  }
  if (damage.size() > limits::kRangesShown) {
    text += fmt::format("\n  and in {} more places", damage.size() - limits::kRangesShown);
  }
  return text;
}

std::string render_verification(const json::Object& result) {
  std::string out;
  const auto source = text_in(result, "source");
  bool repairable = false;
  for (const auto& item : list_in(result, "files")) {
    const auto* file = item.if_object();
    if (file == nullptr) continue;
    const auto broken = text_in(*file, "broken");
    const auto expected = text_in(*file, "expected");
    std::string verdict = "right, as its store says";
    if (!expected.empty() && expected != text_in(*file, "sha256")) {
      repairable = true;
      verdict = fmt::format("DAMAGED: its SHA-256 should be {}{}{}{}", expected, damage_text(*file),
                            broken.empty() ? "" : "\n  ", broken);
    } else if (!broken.empty()) {
      verdict = "damaged: " + broken;
    } else if (expected.empty()) {
      verdict = "a model; nothing says what it should be";
    }
    out += fmt::format("{}  {}\n  {}\n", text_in(*file, "sha256"), text_in(*file, "path"), verdict);
  }
  const bool was_downloaded = source == "hugging face" || source == "folder";
  if (repairable && was_downloaded && !result.contains("repair")) {
    out += fmt::format("llf model verify --repair {} gets what is damaged anew\n",
                       text_in(result, "model"));
  }
  return out;
}

}  // namespace

Expected<json::Object> verify(Context& context, const client::ApiClient& client,
                              json::Object body) {
  ProgressDisplay display(context.err);
  auto events =
      net::run_until_done(context.loop, verify_and_follow(client, std::move(body), display));
  display.clear();
  if (!events) return failure(events.error());
  return std::move(events->back());
}

Expected<int> run_model_verify(Context& context, const Arguments& arguments) {
  const auto named = model_or_file(arguments);
  const auto name = named ? told_path(*named) : failure(named.error());
  if (!name) return failure(name.error());
  const auto client = connect(context);
  if (!client) return failure(client.error());
  json::Object body{{"model", *name}, {"repair", arguments.has("--repair")}};
  if (arguments.has("--repair")) add_hub(body);
  const auto verified = verify(context, *client, std::move(body));
  if (!verified) return failure(verified.error());
  const auto& result = *verified;
  const int code = json::get_flag(result, "right").value_or(false) ? 0 : 1;
  const bool json = context.format == Format::json;
  // With a repair, lines of events follow it.
  const auto text =
      arguments.has("--repair") ? json::write(result) + "\n" : json::write_pretty(result);
  auto printed = print(context, json ? text : render_verification(result), code);
  if (!printed || !result.contains("repair")) return printed;
  if (const auto why = text_in(result, "repair_error"); !why.empty()) {
    return failure(ErrorKind::forbidden, "it cannot be repaired: " + why);
  }
  return download(context, *client, {{"model", text_in(result, "repair")}, {"follow", true}});
}

}  // namespace llf::cli
