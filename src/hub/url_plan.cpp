#include "hub/url_plan.hpp"

#include "hub/answer_check.hpp"
#include "hub/part_file.hpp"
#include "store/digest_file.hpp"
#include "store/file_label.hpp"
#include "store/hub_repository.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace llf::hub {
namespace {

namespace fs = std::filesystem;

/// The SHA-256 that stands in a file beside the one at `url`; nothing where the server gives none.
/// That it cannot be asked now says nothing: the errors are those of ask that may pass.
Expected<std::optional<store::Digest>> fetch_digest(const Session& session, const Url& url) {
  const auto beside = Url::parse(url.shown() + ".sha256");
  if (!beside) return std::nullopt;
  const auto answer = ask(session, *beside);
  if (answer) return store::read_digest_text(answer->body, url.file_name());
  switch (answer.error().kind) {
    case ErrorKind::not_found:
    case ErrorKind::forbidden:  // as stores of objects say it of what they have not
    case ErrorKind::upstream:
    case ErrorKind::too_large:
      return std::nullopt;
    default:
      return failure(answer.error().with_context("asking for its SHA-256"));
  }
}

/// The size that a server tells of a file; nothing where it tells none.
Expected<std::optional<std::uint64_t>> fetch_size(const Session& session, const Url& url) {
  const auto answer = ask(session, url, {"Range: bytes=0-0"});
  if (!answer) return failure(answer.error());
  return told_size(answer->head);
}

/// Whether a file that has the name already is the one that is asked for: by its hash where that is
/// told, else by its size.
Expected<void> check_present(const Session& session, const PlannedFile& file, const Url& url) {
  const auto other =
      failure(ErrorKind::conflict, fmt::format("another file is at {} already: remove or rename "
                                               "that first",
                                               file.place.native()));
  const auto damaged = failure(
      ErrorKind::conflict, fmt::format("{} is damaged: llf model verify --repair gets anew what is "
                                       "wrong",
                                       file.place.native()));
  if (file.sha256) {
    const auto digest =
        store::hash_file(file.place, [&](std::uint64_t) { return !session.stop.stop_requested(); });
    if (!digest) return failure(digest.error());
    if (digest->sha256 == *file.sha256) return {};
    const auto kept = store::kept_digest(file.place);
    if (!kept || kept->sha256 != *file.sha256) return other;
    return damaged;
  }
  if (PartFile::exists(file.place)) return damaged;  // a repair of it has not ended
  const auto size = fetch_size(session, url);
  if (!size) return failure(size.error());
  return *size == file.size.bytes() ? Expected<void>() : other;
}

Expected<store::FileLabel> check_name(const Url& url) {
  auto label = store::label_of(url.file_name());
  if (label.kind == store::FileLabel::Kind::projector) {
    return failure(ErrorKind::invalid,
                   fmt::format("{} is a projector, which is of use beside its model only: name the "
                               "model's repository, or import a folder that has both",
                               url.shown()));
  }
  if (label.kind != store::FileLabel::Kind::model || !store::check_file_path(url.file_name())) {
    return failure(ErrorKind::invalid,
                   fmt::format("{} is no file that ends in .gguf", url.shown()));
  }
  if (label.parts > 1) {
    return failure(
        ErrorKind::invalid,
        "a split model cannot be downloaded by the URL of one part: name its repository");
  }
  return label;
}

}  // namespace

Expected<DownloadPlan> plan_url(const DownloadRequest& request, const Url& url,
                                const DownloadPlaces& places, const std::stop_token& stop) {
  const auto label = check_name(url);
  if (!label) return failure(label.error());
  if (!request.mirrors.empty() && !request.sha256) {
    return failure(ErrorKind::invalid,
                   "mirrors of a file need --sha256: nothing else tells that they have the same");
  }
  std::vector<Origin> origins{{.url = url, .endpoint = request.endpoint}};
  for (const auto& mirror : request.mirrors) {
    origins.push_back({.url = mirror, .endpoint = {.url = mirror, .token = {}}});
  }
  auto connections = Connections::create();
  if (!connections) return failure(connections.error());
  const Session session{.connections = *connections, .endpoint = request.endpoint, .stop = stop};
  PlannedFile file{.path = url.file_name(),
                   .size = {},
                   .sha256 = request.sha256,
                   .place = places.folder / url.file_name()};
  if (!file.sha256) {
    const auto told = fetch_digest(session, url);
    if (!told) return failure(told.error());
    file.sha256 = *told;
  }
  std::error_code code;
  const bool stands = fs::exists(fs::symlink_status(file.place, code));
  if (request.damaged) {
    const auto size = fetch_size(session, url);
    if (!size) return failure(size.error());
    file.size = ByteSize(size->value_or(0));
  } else if (stands) {
    file.size = ByteSize(fs::file_size(file.place, code));
    if (auto same = check_present(session, file, url); !same) return failure(same.error());
    file.present = true;
  } else if (const auto size = fetch_size(session, url)) {
    file.size = ByteSize(size->value_or(0));  // what it does not tell now it tells when it comes
  }
  return DownloadPlan{.model = label->stem,
                      .repository = {},
                      .commit = {},
                      .branch = {},
                      .license = {},
                      .base_model = {},
                      .others = {},
                      .files = {std::move(file)},
                      .origins = {std::move(origins)}};
}

}  // namespace llf::hub
