#include "base/limits.hpp"
#include "gateway/answer.hpp"
#include "gateway/bundle_json.hpp"
#include "gateway/gateway.hpp"
#include "gateway/request_body.hpp"
#include "gateway/work_report.hpp"
#include "net/timer.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

namespace llf::gateway {
namespace {

/// The last event of a stream, or why there is none.
Task<void> end_work(Expected<json::Object> result, net::Responder& responder) {
  const auto sent = result ? co_await send_event(responder, *result)
                           : co_await responder.write(error_event(result.error()));
  if (sent) static_cast<void>(co_await responder.end());
}

/// An import while it copies.
struct Copy {
  std::shared_ptr<std::uint64_t> done = std::make_shared<std::uint64_t>(0);
  bool told = false;  ///< the answer has begun
};

/// Begins the answer when something has been copied: what fails before that has a status.
Task<void> report_copy(std::shared_ptr<Copy> copy, net::Responder& responder) {
  while (*copy->done == 0) {
    if (!co_await net::sleep_for(limits::kProgressInterval)) co_return;
  }
  copy->told = true;
  if (!co_await responder.begin(200, event_stream_headers())) co_return;
  co_await report_work(copy->done, 0, responder);
}

}  // namespace

Task<void> Gateway::export_model(net::Request& request, net::Responder& responder) {
  co_await options_.models.refresh();
  const auto body = object_of(request.body);
  auto wanted = body ? read_export_request(*body) : failure(body.error());
  if (!wanted) {
    co_await send(responder, error_response(wanted.error()));
    co_return;
  }
  const auto model = options_.names.model_file(ModelId(wanted->model));
  if (!model) {
    co_await send(responder, error_response(model_error(model.error())));
    co_return;
  }
  if (!co_await responder.begin(200, event_stream_headers())) co_return;
  const auto done = std::make_shared<std::uint64_t>(0);
  const auto exported =
      co_await net::race(options_.models.export_bundle({.model = *model,
                                                        .texts = std::move(wanted->texts),
                                                        .to = wanted->path,
                                                        .existing = wanted->existing},
                                                       [done](auto bytes) { *done = bytes; }),
                         report_work(done, size_with_projector(*model), responder));
  if (exported.winner == 1) co_return;
  Expected<json::Object> result = failure(ErrorKind::cancelled, "");
  if (exported.first) {
    result = exported_json(*exported.first, wanted->path);
  } else {
    result = failure(exported.first.error());
  }
  co_await end_work(std::move(result), responder);
}

Task<void> Gateway::import_model(net::Request& request, net::Responder& responder) {
  const auto body = object_of(request.body);
  const auto path = body ? json::get_string(*body, "path") : failure(body.error());
  const auto copy = path ? json::get_flag(*body, "copy") : failure(path.error());
  Expected<std::optional<store::BundleManifest>> bundle;
  if (!copy) {
    bundle = failure(copy.error());
  } else if (!path->starts_with('/')) {
    bundle = failure(ErrorKind::invalid, "'path' must be absolute");
  } else {
    bundle = co_await options_.models.look_into_bundle(*path);
  }
  if (bundle && *bundle) {
    co_await import_bundle(*path, (*bundle)->size(), responder);
    co_return;
  }
  if (!bundle) {
    co_await send(responder, error_response(bundle.error()));
    co_return;
  }
  co_await import_files(*path, *copy ? store::ImportBy::copying : store::ImportBy::sharing,
                        responder);
}

Task<void> Gateway::import_files(std::filesystem::path path, store::ImportBy by,
                                 net::Responder& responder) {
  const auto copy = std::make_shared<Copy>();
  const auto imported = co_await net::race(
      options_.models.import(std::move(path), by, [copy](auto bytes) { *copy->done = bytes; }),
      report_copy(copy, responder));
  if (imported.winner == 1) co_return;
  if (!imported.first && !copy->told) {
    co_await send(responder, error_response(imported.first.error()));
    co_return;
  }
  if (!copy->told && !co_await responder.begin(200, event_stream_headers())) co_return;
  Expected<json::Object> result = failure(ErrorKind::cancelled, "");
  if (imported.first) {
    result = json::Object{{"files", imported_json(*imported.first)}};
  } else {
    result = failure(imported.first.error());
  }
  co_await end_work(std::move(result), responder);
}

Task<void> Gateway::import_bundle(std::filesystem::path path, std::uint64_t size,
                                  net::Responder& responder) {
  if (!co_await responder.begin(200, event_stream_headers())) co_return;
  const auto done = std::make_shared<std::uint64_t>(0);
  const auto imported = co_await net::race(
      options_.models.import_bundle(std::move(path), [done](auto bytes) { *done = bytes; }),
      report_work(done, size, responder));
  if (imported.winner == 1) co_return;
  if (!imported.first) {
    co_await end_work(failure(imported.first.error()), responder);
    co_return;
  }
  for (const auto& text : imported.first->texts) {
    const json::Object told{{"name", text.name}, {"content", text.content}};
    if (!co_await send_event(responder, json::Object{{"text", told}})) co_return;
  }
  co_await options_.models.refresh();
  const auto place = imported.first->files.front().to.native();
  const auto listed = options_.names.list();
  const auto named = std::ranges::find_if(
      listed, [&](const auto& one) { return one.path == place && one.source != "profile"; });
  // A path is a name, too, of one that another hides.
  co_await end_work(json::Object{{"model", named == listed.end() ? place : named->id.str()},
                                 {"files", imported_json(imported.first->files)}},
                    responder);
}

}  // namespace llf::gateway
