#include "hub/model_catalog.hpp"

#include "base/ascii.hpp"
#include "base/limits.hpp"
#include "json/json.hpp"
#include "os/atomic_file.hpp"
#include "store/hub_repository.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace llf::hub {
namespace {

/// Takes values out of one entry and remembers the first that was not as it should be.
class Entry {
 public:
  explicit Entry(const json::Object& object) : object_(object) {}

  std::string text(std::string_view key) { return take(json::get_string(object_, key)); }
  std::uint64_t count(std::string_view key) { return positive(json::get_int(object_, key)); }
  std::uint64_t count_or(std::string_view key, std::uint64_t otherwise) {
    return positive(json::get_int_or(object_, key, static_cast<std::int64_t>(otherwise)));
  }
  [[nodiscard]] bool ok() const { return ok_; }
  void fail() { ok_ = false; }

 private:
  template <class T>
  T take(Expected<T> value) {
    ok_ = ok_ && value.has_value();
    return value ? *std::move(value) : T{};
  }
  std::uint64_t positive(Expected<std::int64_t> value) {
    const auto number = take(std::move(value));
    ok_ = ok_ && number >= 0;
    return number < 0 ? 0 : static_cast<std::uint64_t>(number);
  }

  const json::Object& object_;
  bool ok_ = true;
};

std::vector<CatalogModel::Quantisation> read_quantisations(const json::Object& object,
                                                           Entry& entry) {
  std::vector<CatalogModel::Quantisation> all;
  const auto* list = object.if_contains("quantisations");
  if (list == nullptr || !list->is_array()) {
    entry.fail();
    return all;
  }
  for (const auto& item : list->get_array()) {
    const auto* one = item.if_object();
    if (one == nullptr) {
      entry.fail();
      continue;
    }
    Entry fields(*one);
    all.push_back({.name = fields.text("name"), .size = ByteSize(fields.count("bytes"))});
    if (!fields.ok()) entry.fail();
  }
  return all;
}

std::vector<std::string> read_uses(const json::Object& object) {
  std::vector<std::string> uses;
  const auto* list = object.if_contains("uses");
  if (list == nullptr || !list->is_array()) return uses;
  for (const auto& use : list->get_array()) {
    if (use.is_string()) uses.emplace_back(use.get_string());
  }
  return uses;
}

/// Nothing when it is not as it should be.
std::optional<CatalogModel> read_model(const json::Value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return std::nullopt;
  Entry entry(*object);
  CatalogModel model{.name = entry.text("name"),
                     .repository = entry.text("repository"),
                     .title = entry.text("title"),
                     .about = entry.text("about"),
                     .uses = read_uses(*object),
                     .license = entry.text("license"),
                     .parameters = entry.count("parameters"),
                     .context = entry.count("context"),
                     .quantisations = read_quantisations(*object, entry),
                     .rank = static_cast<std::int64_t>(entry.count("rank"))};
  model.active_parameters = entry.count_or("active_parameters", model.parameters);
  constexpr std::uint64_t kKeyAndValue = 2;
  constexpr std::uint64_t kF16 = 2;  // bytes
  model.kv_per_token = kKeyAndValue * kF16 * entry.count_or("layers", 0) *
                       entry.count_or("kv_heads", 0) * entry.count_or("head_size", 0);
  const bool ok =
      entry.ok() && store::RepositoryName::parse(model.repository) && !model.quantisations.empty();
  return ok ? std::optional(std::move(model)) : std::nullopt;
}

}  // namespace

Expected<std::vector<CatalogModel>> parse_catalog(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return failure(ErrorKind::corrupt, "the catalog: " + value.error().message);
  const auto* object = value->if_object();
  const auto* list = object == nullptr ? nullptr : object->if_contains("models");
  if (list == nullptr || !list->is_array()) {
    return failure(ErrorKind::corrupt, "the catalog has no list of models");
  }
  std::vector<CatalogModel> models;
  for (const auto& item : list->get_array()) {
    auto model = read_model(item);
    if (!model) {
      return failure(
          ErrorKind::corrupt,
          fmt::format("entry {} of the catalog is not as it should be", models.size() + 1));
    }
    models.push_back(*std::move(model));
  }
  return models;
}

Expected<std::vector<CatalogModel>> read_catalog(const std::filesystem::path& file) {
  const auto text = os::read_file(file, limits::kManifestFile);
  if (!text) return failure(text.error());
  return parse_catalog(*text);
}

const CatalogModel* find_model(const std::vector<CatalogModel>& catalog, std::string_view name) {
  const auto wanted = ascii_lower(name);
  const auto at = std::ranges::find(catalog, wanted, &CatalogModel::name);
  return at == catalog.end() ? nullptr : &*at;
}

}  // namespace llf::hub
