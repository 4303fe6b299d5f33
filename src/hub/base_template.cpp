#include "hub/base_template.hpp"

#include "base/limits.hpp"
#include "hub/repository.hpp"
#include "json/json.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "store/digest.hpp"

#include <fmt/format.h>

namespace llf::hub {
namespace {

namespace fs = std::filesystem;

fs::path base_file(const fs::path& folder, const store::RepositoryName& repository) {
  return folder / (repository.folder() + ".json");
}

/// A template stands in a tokenizer's settings as a text, or in a list of named ones.
std::optional<std::string> template_of_settings(std::string_view text) {
  const auto value = json::parse(text);
  const auto* object = value ? value->if_object() : nullptr;
  const auto* found = object == nullptr ? nullptr : object->if_contains("chat_template");
  if (found == nullptr) return std::nullopt;
  if (found->is_string()) return std::string(found->get_string());
  if (!found->is_array()) return std::nullopt;
  for (const auto& item : found->get_array()) {
    const auto* named = item.if_object();
    if (named == nullptr || json::get_string_or(*named, "name", "") != "default") continue;
    auto own = json::get_string(*named, "template");
    if (own) return *std::move(own);
  }
  return std::nullopt;
}

/// A small file of a repository; nothing when it has none of that name.
Expected<std::optional<std::string>> get_file(const Session& session,
                                              const store::RepositoryName& repository,
                                              std::string_view name) {
  auto answer = ask(
      session, session.endpoint.url.at(fmt::format("{}/resolve/main/{}", repository.str(), name)));
  if (answer) return std::optional(std::move(answer->body));
  if (answer.error().kind == ErrorKind::not_found) return std::optional<std::string>();
  return failure(answer.error());
}

Expected<std::optional<std::string>> get_template(const Session& session,
                                                  const store::RepositoryName& repository) {
  auto own = get_file(session, repository, "chat_template.jinja");
  if (!own || *own) return own;
  const auto settings = get_file(session, repository, "tokenizer_config.json");
  if (!settings) return settings;
  return *settings ? template_of_settings(**settings) : std::nullopt;
}

}  // namespace

std::string template_fingerprint(std::string_view text) {
  return store::sha256(text.substr(0, text.find_last_not_of(" \t\r\n") + 1)).hex();
}

Expected<BaseTemplate> get_base_template(const Session& session,
                                         const store::RepositoryName& repository) {
  const auto model = get_repository(session, repository, "");
  if (!model) return failure(model.error());
  const auto base = store::RepositoryName::parse(model->base_model);
  if (!base) {
    return failure(ErrorKind::not_found,
                   fmt::format("{} does not say which model it was made from", repository.str()));
  }
  const auto text = get_template(session, *base);
  if (!text) return failure(text.error().with_context(base->str()));
  if (!*text) {
    return failure(ErrorKind::not_found, fmt::format("{} has no chat template", base->str()));
  }
  return BaseTemplate{.repository = base->str(), .fingerprint = template_fingerprint(**text)};
}

void save_base_template(const fs::path& folder, const store::RepositoryName& repository,
                        const BaseTemplate& base) {
  if (folder.empty() || !os::ensure_dir(folder)) return;
  const auto text =
      json::write_pretty(json::Object{{"base", base.repository}, {"template", base.fingerprint}});
  static_cast<void>(os::replace_file(base_file(folder, repository), text));
}

std::optional<BaseTemplate> load_base_template(const fs::path& folder,
                                               const store::RepositoryName& repository) {
  const auto text = os::read_file(base_file(folder, repository), limits::kManifestFile);
  const auto value = text ? json::parse(*text) : failure(text.error());
  const auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  auto base = json::get_string(*object, "base");
  auto fingerprint = json::get_string(*object, "template");
  if (!base || !fingerprint) return std::nullopt;
  return BaseTemplate{.repository = *std::move(base), .fingerprint = *std::move(fingerprint)};
}

}  // namespace llf::hub
