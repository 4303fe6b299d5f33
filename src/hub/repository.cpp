#include "hub/repository.hpp"

#include "base/limits.hpp"
#include "base/percent.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace llf::hub {
namespace {

std::unexpected<Error> not_as_agreed(std::string_view what) {
  return failure(ErrorKind::upstream,
                 fmt::format("the hub's answer cannot be understood: {}", what));
}

Expected<json::Value> parse_answer(std::string_view text) {
  auto value = json::parse(text);
  const auto begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  if (text.substr(begin).starts_with('<')) {
    return failure(ErrorKind::upstream,
                   "what answers is no model hub, but sends a web page: check HF_ENDPOINT, and "
                   "whether the network wants a login first");
  }
  if (!value) return not_as_agreed(value.error().message);
  return value;
}

/// A file of the list; nothing for what we cannot use.
std::optional<RemoteFile> read_file_entry(const json::Value& value) {
  const auto* entry = value.if_object();
  if (entry == nullptr) return std::nullopt;
  auto path = json::get_string(*entry, "rfilename");
  if (!path || !store::check_file_path(*path)) return std::nullopt;
  auto size = json::get_int_or(*entry, "size", -1);
  RemoteFile file{.path = *std::move(path), .size = {}, .sha256 = {}};
  if (const auto* lfs = entry->if_contains("lfs"); lfs != nullptr && lfs->is_object()) {
    const auto hash = json::get_string_or(lfs->get_object(), "sha256", "");
    file.sha256 = hash ? store::Digest::parse(*hash) : std::nullopt;
    size = json::get_int_or(lfs->get_object(), "size", size.value_or(-1));
  }
  if (!size || *size < 0) return std::nullopt;
  file.size = ByteSize(static_cast<std::uint64_t>(*size));
  return file;
}

/// "auto" and "manual" are gates, false is none.
bool is_gated(const json::Object& object) {
  const auto* gated = object.if_contains("gated");
  return gated != nullptr && (gated->is_string() || (gated->is_bool() && gated->get_bool()));
}

/// A text, or the first of a list of texts.
std::string text_or_first(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value != nullptr && value->is_array() && !value->get_array().empty()) {
    value = &value->get_array().front();
  }
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

Expected<Repository> read_repository(const store::RepositoryName& name, std::string_view text) {
  const auto value = parse_answer(text);
  if (!value) return failure(value.error());
  const auto* object = value->if_object();
  if (object == nullptr) return not_as_agreed("it is no object");
  auto commit = json::get_string(*object, "sha");
  if (!commit || !store::is_commit(*commit)) return not_as_agreed("'sha' is no commit");
  Repository repository{.name = name,
                        .commit = *std::move(commit),
                        .license = {},
                        .base_model = {},
                        .gated = is_gated(*object),
                        .files = {}};
  if (const auto* card = object->if_contains("cardData"); card != nullptr && card->is_object()) {
    repository.license = text_or_first(card->get_object(), "license");
    repository.base_model = text_or_first(card->get_object(), "base_model");
  }
  const auto* files = object->if_contains("siblings");
  if (files == nullptr || !files->is_array()) return not_as_agreed("it has no 'siblings'");
  if (files->get_array().size() > limits::kHubFiles) return not_as_agreed("it has too many files");
  for (const auto& entry : files->get_array()) {
    if (auto file = read_file_entry(entry)) repository.files.push_back(*std::move(file));
  }
  return repository;
}

Expected<Repository> get_repository(const Session& session, const store::RepositoryName& name,
                                    const std::string& revision) {
  auto path = fmt::format("api/models/{}", name.str());
  if (!revision.empty()) path += fmt::format("/revision/{}", percent_encode(revision));
  const auto answer = ask(session, session.endpoint.url.at(path + "?blobs=true"));
  if (!answer) return failure(answer.error());
  auto repository = read_repository(name, answer->body);
  if (!repository) return failure(repository.error().with_context(session.endpoint.url.str()));
  return repository;
}

Expected<std::vector<FoundRepository>> search_repositories(const Session& session,
                                                           std::string_view query,
                                                           std::int64_t most) {
  const auto path =
      fmt::format("api/models?search={}&filter=gguf&sort=downloads&direction=-1&limit={}",
                  percent_encode(query), most);
  const auto answer = ask(session, session.endpoint.url.at(path));
  if (!answer) return failure(answer.error());
  const auto value = parse_answer(answer->body);
  if (!value) return failure(value.error().with_context(session.endpoint.url.str()));
  if (!value->is_array()) return not_as_agreed("it is no list");
  std::vector<FoundRepository> found;
  for (const auto& item : value->get_array()) {
    const auto* object = item.if_object();
    auto id = object == nullptr ? not_as_agreed("no object") : json::get_string(*object, "id");
    if (!id || !store::RepositoryName::parse(*id)) continue;
    found.push_back({.name = *std::move(id),
                     .downloads = json::get_int_or(*object, "downloads", 0).value_or(0),
                     .likes = json::get_int_or(*object, "likes", 0).value_or(0),
                     .gated = is_gated(*object),
                     .updated = json::get_string_or(*object, "lastModified", "").value_or("")});
    if (std::cmp_greater_equal(found.size(), most)) break;
  }
  return found;
}

Url file_url(const Endpoint& endpoint, const Repository& repository, const RemoteFile& file) {
  return endpoint.url.at(fmt::format("{}/resolve/{}/{}", repository.name.str(), repository.commit,
                                     percent_encode(file.path, "/")));
}

}  // namespace llf::hub
