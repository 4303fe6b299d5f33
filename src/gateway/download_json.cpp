#include "gateway/download_json.hpp"

#include "base/ascii.hpp"
#include "base/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace llf::gateway {
namespace {

/// Seconds until so many bytes have come; null while next to nothing comes.
json::Value left_json(std::uint64_t bytes, double rate) {
  constexpr double kLongest = 1e9;
  const auto seconds = rate >= 1 ? static_cast<double>(bytes) / rate : kLongest;
  return seconds < kLongest ? json::Value(static_cast<std::int64_t>(seconds))
                            : json::Value(nullptr);
}

Expected<std::vector<Url>> read_mirrors(const json::Object& body) {
  std::vector<Url> mirrors;
  const auto* list = body.if_contains("mirrors");
  if (list == nullptr || list->is_null()) return mirrors;
  if (!list->is_array()) return failure(ErrorKind::invalid, "'mirrors' must be a list of URLs");
  if (list->get_array().size() > limits::kMirrors) {
    return failure(ErrorKind::invalid,
                   fmt::format("'mirrors' may have {} URLs at most", limits::kMirrors));
  }
  for (const auto& item : list->get_array()) {
    auto url = item.is_string() ? Url::parse(std::string_view(item.get_string()))
                                : failure(ErrorKind::invalid, "'mirrors' must be a list of URLs");
    if (!url) return failure(url.error());
    mirrors.push_back(*std::move(url));
  }
  return mirrors;
}

Expected<std::optional<store::Digest>> read_digest(const json::Object& body) {
  const auto hex = json::get_string_or(body, "sha256", "");
  if (!hex) return failure(hex.error());
  if (hex->empty()) return std::nullopt;
  const auto digest = store::Digest::parse(ascii_lower(*hex));
  if (!digest) {
    return failure(ErrorKind::invalid, "'sha256' must have 64 hexadecimal digits");
  }
  return digest;
}

}  // namespace

json::Array sources_json(const hub::DownloadPlan& plan) {
  json::Array sources;
  if (plan.origins.empty()) return sources;
  for (const auto& origin : plan.origins.front()) {
    const auto& hub = origin.endpoint.url.str();
    sources.push_back(json::Value(plan.repository ? hub : origin.url.shown()));
  }
  return sources;
}

json::Object plan_json(const hub::DownloadPlan& plan) {
  json::Array files;
  for (const auto& file : plan.files) {
    files.push_back(json::Object{
        {"path", file.path},
        {"size_bytes", file.size.bytes()},
        {"sha256", file.sha256 ? json::Value(file.sha256->hex()) : json::Value(nullptr)},
        {"present", file.present}});
  }
  json::Array others;
  for (const auto& other : plan.others) {
    others.push_back(json::Object{{"label", other.label}, {"size_bytes", other.size.bytes()}});
  }
  return {
      {"model", plan.model},
      {"repository", plan.repository ? json::Value(plan.repository->str()) : json::Value(nullptr)},
      {"commit", plan.commit.empty() ? json::Value(nullptr) : json::Value(plan.commit)},
      {"license", plan.license.empty() ? json::Value(nullptr) : json::Value(plan.license)},
      {"sources", sources_json(plan)},
      {"size_bytes", plan.size().bytes()},
      {"missing_bytes", plan.missing().bytes()},
      {"notice", plan.notice.empty() ? json::Value(nullptr) : json::Value(plan.notice)},
      {"shortage", plan.shortage.empty() ? json::Value(nullptr) : json::Value(plan.shortage)},
      {"files", std::move(files)},
      {"others", std::move(others)}};
}

json::Object download_json(const hub::DownloadStatus& status) {
  const auto& progress = status.progress;
  const auto text = [](const std::string& value) {
    return value.empty() ? json::Value(nullptr) : json::Value(value);
  };
  const auto left = progress.size > progress.done ? progress.size - progress.done : 0;
  return {{"model", status.model},
          {"state", hub::to_string(status.state)},
          {"done_bytes", progress.done},
          {"size_bytes", progress.size},
          {"verified_bytes", progress.verified},
          {"bytes_per_s", static_cast<std::int64_t>(status.rate)},
          {"left_s", left_json(left, status.rate)},
          {"connections", progress.connections},
          {"trouble", text(progress.trouble)},
          {"note", text(progress.note)},
          {"error", text(status.error.message)}};
}

Expected<hub::Endpoint> read_endpoint(const json::Object& body, const HubOf& hub) {
  const auto url = json::get_string_or(body, "endpoint", "");
  const auto token = json::get_string_or(body, "token", "");
  if (!url || !token) return failure(url ? token.error() : url.error());
  std::optional<Url> named;
  if (!url->empty()) {
    auto parsed = Url::parse(*url);
    if (!parsed) return failure(parsed.error().with_context("'endpoint'"));
    named = *std::move(parsed);
  }
  auto endpoint = hub(named);
  if (!endpoint) return endpoint;
  const auto is_plain = [](char c) { return c > 0x20 && c < 0x7F; };
  if (!std::ranges::all_of(*token, is_plain)) {
    return failure(ErrorKind::invalid, "'token' has characters that no token has");
  }
  if (!token->empty()) endpoint->token = *token;
  return endpoint;
}

Expected<hub::DownloadRequest> read_download_request(const json::Object& body, const HubOf& hub) {
  auto model = json::get_string(body, "model");
  if (!model) return failure(model.error());
  auto read = read_endpoint(body, hub);
  if (!read) return failure(read.error());
  auto mirrors = read_mirrors(body);
  if (!mirrors) return failure(mirrors.error());
  const auto digest = read_digest(body);
  if (!digest) return failure(digest.error());
  return hub::DownloadRequest{.model = *std::move(model),
                              .endpoint = *std::move(read),
                              .mirrors = *std::move(mirrors),
                              .sha256 = *digest,
                              .fits = {}};
}

}  // namespace llf::gateway
