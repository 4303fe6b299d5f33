#include "base/limits.hpp"
#include "gateway/answer.hpp"
#include "gateway/download_json.hpp"
#include "gateway/fit.hpp"
#include "gateway/gateway.hpp"
#include "gateway/query.hpp"
#include "gateway/request_body.hpp"
#include "store/file_label.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace llf::gateway {
namespace {

struct FitRequest {
  ModelId model;
  WantedLoading loading;
};

Expected<std::optional<std::uint64_t>> optional_count(const json::Object& body,
                                                      std::string_view key, std::int64_t most) {
  const auto number = json::get_int_or(body, key, 0);
  if (!number) return failure(number.error());
  if (*number == 0) return std::nullopt;
  if (*number < 0 || *number > most) {
    return failure(ErrorKind::invalid, fmt::format("'{}' must be 1 to {}", key, most));
  }
  return static_cast<std::uint64_t>(*number);
}

Expected<FitRequest> read_fit_request(const json::Object& body) {
  auto model = json::get_string_or(body, "model", "");
  if (!model) return failure(model.error());
  const auto context = optional_count(body, "context", limits::kMostContext);
  if (!context) return failure(context.error());
  const auto slots = optional_count(body, "slots", limits::kMostSlots);
  if (!slots) return failure(slots.error());
  return FitRequest{.model = ModelId(*std::move(model)),
                    .loading = {.context = *context, .slots = *slots}};
}

json::Object head_of(std::string_view model, const gguf::Loading& loading,
                     const MachineFacts& machine) {
  return {{"model", model},
          {"context", loading.context},
          {"slots", loading.slots},
          {"machine", json::Object{{"memory_bytes", machine.memory},
                                   {"available_bytes", machine.available},
                                   {"gpu_bytes", machine.gpu},
                                   {"gpu_available_bytes", machine.gpu_available},
                                   {"bandwidth_bytes_per_s", machine.bandwidth}}}};
}

json::Object remote_fit(const hub::Downloads::Inspection& found, const gguf::Loading& loading,
                        const MachineFacts& machine) {
  auto answer = head_of(found.plan.model, loading, machine);
  const auto of_file = store::label_of(found.plan.files.front().path).quantisation;
  const auto label = found.plan.repository || of_file.empty()
                         ? found.plan.model.substr(found.plan.model.rfind(':') + 1)
                         : of_file;
  std::vector<FitCase> cases{{.label = label, .demand = found.demand}};
  for (const auto& other : found.plan.others) {
    cases.push_back({.label = other.label,
                     .demand = gguf::resized(found.demand, other.label, other.size.bytes())});
  }
  answer["installed"] = false;
  answer["fits"] = rank_fits(cases, loading, machine);
  return answer;
}

}  // namespace

Task<void> Gateway::fit(net::Request& request, net::Responder& responder) {
  const auto body = object_of(request.body);
  const auto wanted = body ? read_fit_request(*body) : failure(body.error());
  if (!wanted) {
    co_await send(responder, error_response(wanted.error()));
    co_return;
  }
  co_await options_.models.refresh();
  const auto machine = co_await options_.models.machine(MachineLook::measured);
  const auto file = options_.names.model_file(wanted->model);
  if (file) {
    const auto details = co_await options_.models.details(*file);
    if (!details) {
      co_await send(responder, error_response(details.error()));
      co_return;
    }
    const auto loading =
        loading_of(wanted->loading, options_.settings.engine, file->size, details->demand);
    auto answer = head_of(file->id.str(), loading, machine);
    answer["installed"] = true;
    answer["fits"] = rank_fits({{.label = details->facts.quantisation,
                                 .demand = details->demand,
                                 .measured = options_.measurements.find(file->path, file->size)}},
                               loading, machine);
    co_await send(responder, json_response(answer));
    co_return;
  }
  if (wanted->model.str().starts_with('/')) {  // a file of this machine, of which no hub knows
    co_await send(responder, error_response(model_error(file.error())));
    co_return;
  }
  auto asked = read_download_request(*body, options_.hub);
  if (asked) asked->fits = fits_here(wanted->loading, options_.settings.engine, machine);
  const auto found =
      asked ? co_await options_.downloads.inspect(*std::move(asked)) : failure(asked.error());
  if (!found) {
    co_await send(responder, error_response(found.error()));
    co_return;
  }
  const auto loading = loading_of(wanted->loading, options_.settings.engine,
                                  ByteSize(found->demand.weights), found->demand);
  co_await send(responder, json_response(remote_fit(*found, loading, machine)));
}

Task<void> Gateway::recommend_models(net::Request& request, net::Responder& responder) {
  std::string use;
  auto look = MachineLook::measured;
  for (auto& [key, value] : parse_query(request.query)) {
    if (key == "quick" && value == "1") look = MachineLook::quick;
    if (key == "use") use = std::move(value);
  }
  const auto catalog = co_await options_.downloads.catalog();
  if (!catalog) {
    co_await send(responder, error_response(catalog.error()));
    co_return;
  }
  const auto machine = co_await options_.models.machine(look);
  co_await send(responder,
                json_response(json::Object{{"models", recommend(*catalog, use, machine)}}));
}

}  // namespace llf::gateway
