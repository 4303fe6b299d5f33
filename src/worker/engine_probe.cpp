#include "base/limits.hpp"
#include "json/json.hpp"
#include "log/log.hpp"
#include "net/descriptor.hpp"
#include "net/timer.hpp"
#include "os/atomic_file.hpp"
#include "os/child_process.hpp"
#include "worker/engine.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <optional>
#include <sys/stat.h>
#include <utility>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCacheFile = "engine.json";

/// What names one binary: if none of it changed, neither did its abilities.
struct BinaryKey {
  std::string path;
  std::int64_t size = 0;
  std::int64_t changed_ns = 0;

  friend bool operator==(const BinaryKey&, const BinaryKey&) = default;
};

Expected<BinaryKey> key_of(const fs::path& engine) {
  struct stat info{};
  if (::stat(engine.c_str(), &info) != 0) {
    return failure(errno_error(fmt::format("looking at the engine {}", engine.native()), errno));
  }
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  return BinaryKey{.path = engine.native(),
                   .size = info.st_size,
                   .changed_ns = info.st_mtim.tv_sec * kNsPerSecond + info.st_mtim.tv_nsec};
}

Expected<Abilities> read_cache(const fs::path& file, const BinaryKey& key) {
  const auto text = os::read_file(file, limits::kProbeOutput);
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

void write_cache(const fs::path& file, const BinaryKey& key, const Abilities& abilities) {
  json::Array flags(abilities.flags.begin(), abilities.flags.end());
  const json::Value value = {{"path", key.path},
                             {"size", key.size},
                             {"changed_ns", key.changed_ns},
                             {"version", abilities.version},
                             {"flags", std::move(flags)}};
  auto written = os::ensure_dir(file.parent_path());
  if (written) written = os::write_file_atomically(file, json::write_pretty(value));
  if (!written)
    log::warn("worker", "the engine's abilities cannot be remembered: {}", written.error().message);
}

/// What the child prints until it ends.
Task<Expected<std::string>> read_output(net::Loop& loop, os::ChildProcess& child) {
  const auto fd = child.take_out();
  auto stream = net::Descriptor::create(loop, fd.get());
  if (!stream) co_return failure(stream.error());
  auto ended = net::Descriptor::create(loop, child.pidfd());
  if (!ended) co_return failure(ended.error());
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const auto got = co_await stream->read_some(block);
    if (!got) co_return failure(got.error());
    if (*got == 0) break;
    text.append(block.data(), *got);
    if (text.size() > limits::kProbeOutput.bytes()) {
      co_return failure(ErrorKind::too_large, "the engine's output is endless");
    }
  }
  if (auto done = co_await ended->wait_readable(); !done) co_return failure(done.error());
  co_return text;
}

/// What the engine prints when it is run with one argument.
Task<Expected<std::string>> run_engine(net::Loop& loop, fs::path engine, std::string argument) {
  auto child = os::spawn({.argv = {engine.native(), argument},
                          .env = engine_environment(os::environment()),
                          .cwd = "/",
                          .err = os::Stream::as_out});
  if (!child) co_return failure(child.error());
  auto text = co_await net::with_deadline(read_output(loop, *child), limits::kProbeTimeout,
                                          fmt::format("{} {}", engine.native(), argument));
  if (!text) co_return failure(text.error());
  const auto status = child->try_reap();
  if (!status) co_return failure(status.error());
  if (!*status || !(*status)->success()) {
    co_return failure(
        ErrorKind::upstream,
        fmt::format("the engine does not run: {} {} ended with {}: {}", engine.native(), argument,
                    *status ? os::to_string(**status) : "nothing",
                    std::string_view(*text).substr(0, limits::kEngineMessage)));
  }
  co_return text;
}

}  // namespace

Task<Expected<Abilities>> probe_engine(net::Loop& loop, fs::path engine, fs::path cache_dir) {
  const auto key = key_of(engine);
  if (!key) co_return failure(key.error());
  const auto file = cache_dir / kCacheFile;
  if (auto cached = read_cache(file, *key)) co_return std::move(*cached);

  const auto version = co_await run_engine(loop, engine, "--version");
  if (!version) co_return failure(version.error());
  const auto help = co_await run_engine(loop, engine, "--help");
  if (!help) co_return failure(help.error());
  Abilities abilities{.version = parse_version(*version), .flags = parse_flags(*help)};
  if (!abilities.has("--model") || !abilities.has("--host")) {
    co_return failure(ErrorKind::invalid,
                      fmt::format("{} is no llama-server: its --help lists neither --model nor "
                                  "--host",
                                  engine.native()));
  }
  write_cache(file, *key, abilities);
  co_return abilities;
}

}  // namespace llf::worker
