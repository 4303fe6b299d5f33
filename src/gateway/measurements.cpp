#include "gateway/measurements.hpp"

#include "base/limits.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"

#include <algorithm>
#include <utility>

namespace llf::gateway {
namespace {

json::Object measured_json(const std::string& path, const Measured& measured) {
  return {{"path", path},
          {"size_bytes", measured.size},
          {"rss_bytes", measured.rss},
          {"gpu_bytes", measured.gpu},
          {"context", measured.loading.context},
          {"slots", measured.loading.slots},
          {"tokens_per_s", measured.tokens_per_s},
          {"when", measured.when}};
}

std::optional<Measured> read_measured(const json::Object& object) {
  const auto count = [&](std::string_view key) {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(json::get_int_or(object, key, 0).value_or(0), 0));
  };
  const auto* speed = object.if_contains("tokens_per_s");
  Measured measured{
      .size = count("size_bytes"),
      .rss = count("rss_bytes"),
      .gpu = count("gpu_bytes"),
      .loading = {.context = count("context"), .slots = count("slots")},
      .tokens_per_s = speed != nullptr && speed->is_number() ? speed->to_number<double>() : 0,
      .when = static_cast<std::int64_t>(count("when"))};
  // Of a file that somebody has changed nothing absurd is believed.
  const bool sane = measured.tokens_per_s >= 0 && measured.tokens_per_s <= limits::kFastestSpeed;
  const bool whole =
      sane && measured.rss > 0 && measured.loading.context > 0 && measured.loading.slots > 0;
  return whole ? std::optional(measured) : std::nullopt;
}

}  // namespace

Measurements::Measurements(std::filesystem::path file) : file_(std::move(file)) {
  load();
}

std::optional<Measured> Measurements::find(const std::string& path, ByteSize size) const {
  const auto at = models_.find(path);
  if (at == models_.end() || at->second.size != size.bytes()) return std::nullopt;
  return at->second;
}

bool Measurements::tells_more(const std::string& path, const Measured& measured) const {
  constexpr std::uint64_t kSmall = 50;  // a fiftieth more is no news
  if (measured.rss == 0) return false;  // the engine has ended meanwhile
  const auto at = noted_.find(path);
  if (at == noted_.end() || mono_now() - at->second >= limits::kMeasuredAnew) return true;
  const auto& kept = models_.at(path);
  return measured.size != kept.size ||
         measured.memory() > gguf::sum_of(kept.memory(), kept.memory() / kSmall);
}

void Measurements::keep(const std::string& path, Measured measured) {
  measured.when = unix_now();
  noted_[path] = mono_now();
  models_[path] = measured;
  if (models_.size() > limits::kMeasuredModels) {
    const auto oldest =
        std::ranges::min_element(models_, {}, [](const auto& one) { return one.second.when; });
    noted_.erase(oldest->first);
    models_.erase(oldest);
  }
  save();
}

void Measurements::load() {
  const auto text = os::read_file(file_, limits::kManifestFile);
  const auto value = text ? json::parse(*text) : failure(text.error());
  const auto* object = value ? value->if_object() : nullptr;
  const auto* list = object == nullptr ? nullptr : object->if_contains("measured");
  if (list == nullptr || !list->is_array()) return;
  for (const auto& item : list->get_array()) {
    const auto* one = item.if_object();
    const auto path = one == nullptr ? "" : json::get_string_or(*one, "path", "").value_or("");
    const auto measured = path.empty() ? std::nullopt : read_measured(*one);
    if (measured && models_.size() < limits::kMeasuredModels) models_[path] = *measured;
  }
}

void Measurements::save() const {
  json::Array list;
  for (const auto& [path, measured] : models_) list.push_back(measured_json(path, measured));
  if (!os::ensure_dir(file_.parent_path())) return;
  static_cast<void>(
      os::replace_file(file_, json::write_pretty(json::Object{{"measured", std::move(list)}})));
}

}  // namespace llf::gateway
