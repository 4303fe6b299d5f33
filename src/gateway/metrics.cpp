#include "gateway/metrics.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace llf::gateway {
namespace {

constexpr std::string_view kOthers = "other";

/// A value of a label (Prometheus text format: backslash, quotation mark and line feed are
/// escaped).
std::string label(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return fmt::format("model=\"{}\"", out);
}

struct Series {
  std::string_view name;
  std::string_view help;
  Histogram ModelMetrics::* histogram;
};

constexpr std::array kSeries{
    Series{"llf_queue_seconds", "time until there was room for the model", &ModelMetrics::queue},
    Series{"llf_load_seconds", "time to load the model, of requests that waited for it",
           &ModelMetrics::load},
    Series{"llf_time_to_first_token_seconds", "time from a request to the first byte of its answer",
           &ModelMetrics::first_token},
    Series{"llf_inter_token_seconds", "time between two events of a stream",
           &ModelMetrics::inter_token},
    Series{"llf_request_seconds", "time from a request to the end of its answer",
           &ModelMetrics::request},
};

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ':';
  });
}

/// One metric of engines.
struct Metric {
  std::vector<std::string> comments;  ///< its HELP and TYPE
  std::string samples;
};

/// The name of the metric that a line is about; empty for any other line.
std::string_view name_in(std::string_view line) {
  if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) {
    constexpr std::size_t kWords = 7;
    line.remove_prefix(kWords);
  }
  const auto name = line.substr(0, line.find_first_of(" {"));
  return is_name(name) ? name : std::string_view();
}

/// "name 1" or "name{a="b"} 1" with one more label; empty when it is no sample.
std::string with_label(std::string_view line, std::string_view label) {
  const auto space = line.rfind(' ');
  if (space == std::string_view::npos) return {};
  const auto value = line.substr(space + 1);
  if (!parse_number<double>(value)) return {};
  const auto name = name_in(line);
  auto labels = line.substr(name.size(), space - name.size());
  if (labels.empty()) return fmt::format("{}{{{}}} {}\n", name, label, value);
  if (!labels.starts_with('{') || !labels.ends_with('}')) return {};
  labels = labels.substr(1, labels.size() - 2);
  return fmt::format("{}{{{},{}}} {}\n", name, label, labels, value);
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::served:
      return "served";
    case Outcome::refused:
      return "refused";
    case Outcome::failed:
      return "failed";
    case Outcome::client_gone:
      return "client_gone";
  }
  return "";
}

ModelMetrics& Metrics::of(const std::string& model) {
  const auto known = models_.find(model);
  if (known != models_.end()) return known->second;
  const bool full = models_.size() >= limits::kMeasuredModels;
  return models_[full ? std::string(kOthers) : model];
}

std::string Metrics::text() const {
  std::string out =
      "# HELP llf_requests_total requests by how they ended\n# TYPE llf_requests_total counter\n";
  for (const auto& [model, metrics] : models_) {
    for (const auto& [outcome, count] : metrics.outcomes) {
      out += fmt::format("llf_requests_total{{{},outcome=\"{}\"}} {}\n", label(model),
                         to_string(outcome), count);
    }
  }
  for (const auto& series : kSeries) {
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} histogram\n", series.name, series.help);
    for (const auto& [model, metrics] : models_) {
      out += (metrics.*series.histogram).text(series.name, label(model));
    }
  }
  return out;
}

std::string merge_metrics(const std::vector<EngineMetrics>& engines) {
  std::map<std::string, Metric, std::less<>> metrics;
  for (const auto& engine : engines) {
    for (std::string_view rest = engine.text; !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size());
      const auto line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto name = name_in(line);
      if (name.empty()) continue;
      auto& metric = metrics[std::string(name)];
      if (!line.starts_with('#')) {
        metric.samples += with_label(line, label(engine.model));
      } else if (std::ranges::find(metric.comments, line) == metric.comments.end()) {
        metric.comments.emplace_back(line);
      }
    }
  }
  std::string out;
  for (const auto& [name, metric] : metrics) {
    if (metric.samples.empty()) continue;
    for (const auto& comment : metric.comments) out += comment + "\n";
    out += metric.samples;
  }
  return out;
}

}  // namespace llf::gateway
