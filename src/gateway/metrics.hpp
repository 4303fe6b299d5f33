#pragma once

#include "gateway/histogram.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace llf::gateway {

/// How a request ended.
enum class Outcome : std::uint8_t { served, refused, failed, client_gone };

[[nodiscard]] std::string_view to_string(Outcome outcome);

/// What the requests for one model took.
struct ModelMetrics {
  Histogram queue;        ///< until there was room for their worker
  Histogram load;         ///< of those that it was loaded for
  Histogram first_token;  ///< from the request to the first byte of its answer
  Histogram inter_token;  ///< between two events of a stream
  Histogram request;      ///< all of it
  std::map<Outcome, std::uint64_t> outcomes;
};

/// Counts requests and their times by model, for `GET /metrics`. Loop thread.
class Metrics {
 public:
  /// Of a model that there is; beyond limits::kMeasuredModels all others are one.
  [[nodiscard]] ModelMetrics& of(const std::string& model);

  /// Prometheus text format 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  std::map<std::string, ModelMetrics> models_;
};

/// What the engine of a model says of itself, as it came.
struct EngineMetrics {
  std::string model;
  std::string text;
};

/// The same for all models: each metric once, its samples with the model's name as a label. What is
/// no metric is left out. Pure.
[[nodiscard]] std::string merge_metrics(const std::vector<EngineMetrics>& engines);

}  // namespace llf::gateway
