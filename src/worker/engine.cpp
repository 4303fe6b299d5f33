#include "worker/engine.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"
#include "os/atomic_file.hpp"
#include "worker/probe_cache.hpp"
#include "worker/run_program.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <system_error>
#include <utility>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProgram = "llama-server";

std::string remembered_version(const fs::path& path, const fs::path& cache_dir) {
  const auto key = binary_key(path);
  if (!key) return "";
  const auto known = read_probe_cache(cache_dir, *key);
  return known ? known->version : "";
}

Engine located(const fs::path& path, EngineOrigin origin, const fs::path& cache_dir) {
  std::error_code error;
  auto real = fs::canonical(path, error);
  if (error) real = path;
  auto version = remembered_version(real, cache_dir);
  return {.path = real.native(), .origin = origin, .version = std::move(version)};
}

// A folder that tools/engine filled. Its record names the folder that its programs were made for.
std::optional<fs::path> private_engine(const fs::path& dir) {
  if (dir.empty()) return std::nullopt;
  auto program = dir / "current/bin" / kProgram;
  if (!is_program(program)) return std::nullopt;
  const auto text = os::read_file(dir / "current/record.json", limits::kEngineRecord);
  if (!text) return program;  // put there by other means
  const auto record = json::parse(*text);
  if (!record || !record->is_object()) return program;
  const auto made_for = json::get_string(record->get_object(), "prefix");
  std::error_code error;
  const auto real = fs::canonical(dir, error);
  if (made_for && !error && *made_for != real.native()) return std::nullopt;
  return program;
}

}  // namespace

std::string_view to_string(EngineOrigin origin) {
  switch (origin) {
    case EngineOrigin::configured:
      return "configured";
    case EngineOrigin::path:
      return "path";
    case EngineOrigin::distribution:
      return "distribution";
    case EngineOrigin::user:
      return "user";
    case EngineOrigin::tree:
      break;
  }
  return "tree";
}

Expected<Engine> find_engine(const EngineSearch& search) {
  const auto found = [&search](const fs::path& path, EngineOrigin origin) {
    return located(path, origin, search.cache_dir);
  };
  if (!search.configured.empty()) {
    if (is_program(search.configured)) return found(search.configured, EngineOrigin::configured);
    return failure(ErrorKind::not_found,
                   fmt::format("the engine is set to {}, which is no program: correct engine.path "
                               "of the settings (LLF_ENGINE, --engine), or unset it",
                               search.configured));
  }
  if (const auto program = find_program(search.path_variable, kProgram)) {
    return found(*program, EngineOrigin::path);
  }
  if (const auto program = search.distribution / kProgram; is_program(program)) {
    return found(program, EngineOrigin::distribution);
  }
  if (const auto program = private_engine(search.user_dir)) {
    return found(*program, EngineOrigin::user);
  }
  if (const auto program = private_engine(search.tree_dir)) {
    return found(*program, EngineOrigin::tree);
  }
  return failure(ErrorKind::not_found,
                 "there is no llama-server on this machine: run `./quickstart` or `tools/engine "
                 "install` in a checkout of llf, or name one with engine.path of the settings");
}

std::string parse_version(std::string_view text) {
  constexpr std::string_view kKey = "version: ";
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    if (line.starts_with(kKey)) return std::string(line.substr(kKey.size()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return "unknown";
}

// A line that introduces flags starts with one: "-c,   --ctx-size N    size of…"; the names are
// joined by commas. Descriptions, which may name other flags, stand far to the right.
std::set<std::string, std::less<>> parse_flags(std::string_view help) {
  constexpr std::string_view kNameEnd = " ,\t";
  constexpr std::size_t kIndent = 4;
  std::set<std::string, std::less<>> flags;
  while (!help.empty()) {
    const auto end = std::min(help.find('\n'), help.size());
    auto line = help.substr(0, end);
    help.remove_prefix(std::min(end + 1, help.size()));
    if (const auto indent = line.find_first_not_of(' '); indent <= kIndent) {
      line.remove_prefix(indent);
    }
    while (line.starts_with('-')) {
      const auto stop = std::min(line.find_first_of(kNameEnd), line.size());
      if (line.substr(0, stop).find_first_not_of('-') != std::string_view::npos) {
        flags.emplace(line.substr(0, stop));
      }
      if (stop == line.size() || line[stop] != ',') break;
      line.remove_prefix(stop);
      line.remove_prefix(std::min(line.find_first_not_of(kNameEnd), line.size()));
    }
  }
  return flags;
}

}  // namespace llf::worker
