#include "worker/engine.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"
#include "os/atomic_file.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProgram = "llama-server";

bool is_program(const fs::path& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

EngineLocation located(const fs::path& path, EngineOrigin origin) {
  std::error_code error;
  auto real = fs::canonical(path, error);
  return {.path = error ? path : std::move(real), .origin = origin};
}

std::optional<fs::path> on_path(std::string_view path) {
  while (!path.empty()) {
    const auto end = std::min(path.find(':'), path.size());
    const fs::path folder(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
    // A relative entry would mean another program in every folder.
    if (folder.is_absolute() && is_program(folder / kProgram)) return folder / kProgram;
  }
  return std::nullopt;
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
    case EngineOrigin::setting:
      return "setting";
    case EngineOrigin::path:
      return "path";
    case EngineOrigin::distribution:
      return "distribution";
    case EngineOrigin::user:
      return "user";
    case EngineOrigin::beside_llf:
      break;
  }
  return "beside_llf";
}

EngineSearch engine_search(std::string setting, const os::Paths& paths) {
  EngineSearch search;
  search.setting = std::move(setting);
  search.path = os::env("PATH").value_or("");
  search.user_dir = paths.engine_dir;
  if (const auto program = os::executable_path()) {
    search.beside_dir = program->parent_path().parent_path() / "lib/llf/engine";
  }
  return search;
}

Expected<EngineLocation> find_engine(const EngineSearch& search) {
  if (!search.setting.empty()) {
    if (is_program(search.setting)) return located(search.setting, EngineOrigin::setting);
    return failure(ErrorKind::not_found,
                   fmt::format("the engine is set to {}, which is no program: correct LLF_ENGINE "
                               "(or --engine), or unset it",
                               search.setting));
  }
  if (const auto found = on_path(search.path)) return located(*found, EngineOrigin::path);
  if (const auto program = search.distribution / kProgram; is_program(program)) {
    return located(program, EngineOrigin::distribution);
  }
  if (const auto found = private_engine(search.user_dir)) {
    return located(*found, EngineOrigin::user);
  }
  if (const auto found = private_engine(search.beside_dir)) {
    return located(*found, EngineOrigin::beside_llf);
  }
  return failure(ErrorKind::not_found,
                 "there is no llama-server on this machine: run `tools/engine install` in a "
                 "checkout of llf, or name one with LLF_ENGINE");
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
