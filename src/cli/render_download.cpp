#include "cli/render_download.hpp"

#include "cli/json_view.hpp"
#include "text/safe_text.hpp"
#include "text/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace llf::cli {
namespace {

/// "44 s", "3 min 20 s", "2 h 5 min".
std::string time_left(std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 3600;
  if (seconds < kMinute) return fmt::format("{} s", seconds);
  if (seconds < kHour) return fmt::format("{} min {} s", seconds / kMinute, seconds % kMinute);
  return fmt::format("{} h {} min", seconds / kHour, seconds % kHour / kMinute);
}

/// "34.1 MB/s, 44 s left"; what keeps it, where nothing comes; how much is checked where it is all
/// there.
std::string pace_text(const json::Object& download) {
  auto trouble = text_in(download, "trouble");
  const auto rate = number_in(download, "bytes_per_s");
  const auto size = number_in(download, "size_bytes");
  const auto verified = number_in(download, "verified_bytes");
  const bool is_checked = text_in(download, "state") == "running" && verified > 0 &&
                          number_in(download, "done_bytes") == size && verified < size;
  if (is_checked && trouble.empty()) return fmt::format("{} % checked", verified * 100 / size);
  if (rate == 0) return trouble;
  const auto left = number_in(download, "left_s");
  return fmt::format("{}/s, {} left", bytes_text(rate), time_left(left));
}

std::string percent(const json::Object& download) {
  const auto size = number_in(download, "size_bytes");
  if (size == 0) return "";
  return fmt::format("{} %", number_in(download, "done_bytes") * 100 / size);
}

}  // namespace

std::string render_plan(const json::Object& plan) {
  const auto files = list_in(plan, "files").size();
  const auto license = text_in(plan, "license");
  const auto size = number_in(plan, "size_bytes");
  const auto missing = number_in(plan, "missing_bytes");
  auto out = text_in(plan, "model");
  if (size > 0) out += fmt::format(", {}", bytes_text(size));
  if (files > 1) out += fmt::format(" in {} files", files);
  if (!license.empty()) out += fmt::format(", license {}", license);
  if (missing < size) {
    out += missing == 0 ? ", all of it is here" : fmt::format(", {} to come", bytes_text(missing));
  }
  out += '\n';
  if (json::get_flag(plan, "joined").value_or(false)) {
    std::string sources;
    for (const auto& source : list_in(plan, "sources")) {
      if (!source.is_string()) continue;
      sources += (sources.empty() ? "" : ", ") + std::string(source.get_string());
    }
    out += fmt::format("it is being downloaded already, from {}: this joins in\n", sources);
  }
  std::string others;
  if (const auto notice = text_in(plan, "notice"); !notice.empty()) out += notice + "\n";
  const auto shortage = text_in(plan, "shortage");
  if (!shortage.empty()) out += fmt::format("there is no room for it: {}\n", shortage);
  for (const auto& item : list_in(plan, "files")) {
    const auto* file = item.if_object();
    const auto* digest = file == nullptr ? nullptr : file->if_contains("sha256");
    if (digest == nullptr || !digest->is_null()) continue;
    if (json::get_flag(*file, "present").value_or(false)) continue;
    out += fmt::format("unverified: no SHA-256 of {} is known; --sha256 HEX tells it\n",
                       text_in(*file, "path"));
  }
  for (const auto& other : list_in(plan, "others")) {
    const auto* object = other.if_object();
    if (object == nullptr) continue;
    others += fmt::format("{}{} {}", others.empty() ? "" : ", ", text_in(*object, "label"),
                          bytes_text(number_in(*object, "size_bytes")));
  }
  return others.empty() ? out : out + fmt::format("(there are also: {})\n", others);
}

std::string render_plan_files(const json::Object& plan) {
  text::Table table(
      {{.title = "FILE"}, {.title = "SIZE", .align = text::Align::right}, {.title = "HERE"}});
  for (const auto& item : list_in(plan, "files")) {
    const auto* file = item.if_object();
    if (file == nullptr) continue;
    const auto size = number_in(*file, "size_bytes");
    table.add({text_in(*file, "path"), size > 0 ? bytes_text(size) : "",
               json::get_flag(*file, "present").value_or(false) ? "yes" : ""});
  }
  return table.str();
}

text::Progress progress_of(const json::Object& download) {
  const auto size = number_in(download, "size_bytes");
  const auto done = number_in(download, "done_bytes");
  text::Progress progress{.label = text_in(download, "model"), .fraction = {}, .detail = {}};
  if (size > 0) progress.fraction = static_cast<double>(done) / static_cast<double>(size);
  progress.detail = pace_text(download);
  if (progress.detail.empty()) progress.detail = text_in(download, "state");
  return progress;
}

std::string progress_text(const json::Object& download) {
  const auto done = bytes_text(number_in(download, "done_bytes"));
  const auto size = number_in(download, "size_bytes");
  auto out = size > 0 ? fmt::format("{}: {}, {} of {}", text_in(download, "model"),
                                    percent(download), done, bytes_text(size))
                      : fmt::format("{}: {}", text_in(download, "model"), done);
  const auto pace = pace_text(download);
  if (!pace.empty()) out += ", " + pace;
  return out + "\n";
}

std::optional<std::int64_t> tenth_of(const json::Object& download) {
  const auto size = number_in(download, "size_bytes");
  if (size == 0) return std::nullopt;
  return std::clamp<std::int64_t>(number_in(download, "done_bytes") * 10 / size, 0, 10);
}

std::string render_downloads(const json::Object& answer) {
  text::Table table({{.title = "MODEL"},
                     {.title = "STATE"},
                     {.title = "DONE", .align = text::Align::right},
                     {.title = "SIZE", .align = text::Align::right},
                     {.title = "PACE"}});
  std::string errors;
  for (const auto& item : list_in(answer, "downloads")) {
    const auto* one = item.if_object();
    if (one == nullptr) continue;
    const auto size = number_in(*one, "size_bytes");
    table.add({text_in(*one, "model"), text_in(*one, "state"), percent(*one),
               size > 0 ? bytes_text(size) : "", pace_text(*one)});
    for (const std::string_view key : {"error", "note"}) {
      const auto text = text_in(*one, key);
      if (!text.empty()) errors += fmt::format("{}: {}\n", text_in(*one, "model"), text);
    }
  }
  return table.str() + errors;
}

std::string render_found(const json::Object& answer) {
  text::Table table({{.title = "REPOSITORY"},
                     {.title = "DOWNLOADS", .align = text::Align::right},
                     {.title = "LIKES", .align = text::Align::right},
                     {.title = "UPDATED"}});
  constexpr std::size_t kDay = 10;  // "2026-05-01"
  for (const auto& item : list_in(answer, "models")) {
    const auto* one = item.if_object();
    if (one == nullptr) continue;
    const bool gated = json::get_flag(*one, "gated").value_or(false);
    table.add({text_in(*one, "repository") + (gated ? " (gated)" : ""),
               fmt::format("{}", number_in(*one, "downloads")),
               fmt::format("{}", number_in(*one, "likes")),
               text_in(*one, "updated").substr(0, kDay)});
  }
  return table.str();
}

}  // namespace llf::cli
