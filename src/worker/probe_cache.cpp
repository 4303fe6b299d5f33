#include "worker/probe_cache.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"
#include "log/log.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <sys/stat.h>
#include <utility>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCacheFile = "engine.json";

}  // namespace

Expected<BinaryKey> binary_key(const fs::path& engine) {
  struct stat info{};
  if (::stat(engine.c_str(), &info) != 0) {
    return failure(errno_error(fmt::format("looking at the engine {}", engine.native()), errno));
  }
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  return BinaryKey{.path = engine.native(),
                   .size = info.st_size,
                   .changed_ns = info.st_mtim.tv_sec * kNsPerSecond + info.st_mtim.tv_nsec};
}

Expected<Abilities> read_probe_cache(const fs::path& cache_dir, const BinaryKey& key) {
  const auto text = os::read_file(cache_dir / kCacheFile, limits::kProbeOutput);
  if (!text) return failure(text.error());
  const auto value = json::parse(*text);
  if (!value) return failure(value.error());
  const auto object = json::as_object(*value, "the engine cache");
  if (!object) return failure(object.error());
  const auto path = json::get_string(*object, "path");
  const auto size = json::get_int(*object, "size");
  const auto changed = json::get_int(*object, "changed_ns");
  const auto version = json::get_string(*object, "version");
  const auto* flags = object->if_contains("flags");
  if (!path || !size || !changed || !version || flags == nullptr || !flags->is_array() ||
      BinaryKey{.path = *path, .size = *size, .changed_ns = *changed} != key) {
    return failure(ErrorKind::not_found, "the engine cache is about another binary");
  }
  Abilities abilities{.version = *version, .flags = {}};
  for (const auto& flag : flags->get_array()) {
    if (flag.is_string()) abilities.flags.emplace(flag.get_string());
  }
  return abilities;
}

void write_probe_cache(const fs::path& cache_dir, const BinaryKey& key,
                       const Abilities& abilities) {
  json::Array flags(abilities.flags.begin(), abilities.flags.end());
  const json::Value value = {{"path", key.path},
                             {"size", key.size},
                             {"changed_ns", key.changed_ns},
                             {"version", abilities.version},
                             {"flags", std::move(flags)}};
  auto written = os::ensure_dir(cache_dir);
  if (written)
    written = os::write_file_atomically(cache_dir / kCacheFile, json::write_pretty(value));
  if (!written)
    log::warn("worker", "the engine's abilities cannot be remembered: {}", written.error().message);
}

}  // namespace llf::worker
