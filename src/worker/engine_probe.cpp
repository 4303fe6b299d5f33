#include "base/limits.hpp"
#include "worker/engine.hpp"
#include "worker/probe_cache.hpp"
#include "worker/run_program.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

/// What the engine prints when it is run with one argument.
Task<Expected<std::string>> run_engine(net::Loop& loop, fs::path engine, std::string argument) {
  std::vector<std::string> argv{engine.native(), std::move(argument)};
  auto text = co_await run_program(loop, std::move(argv), limits::kProbeTimeout);
  if (text || text.error().kind != ErrorKind::upstream) co_return text;
  co_return failure(text.error().with_context("the engine does not run"));
}

}  // namespace

Task<Expected<Abilities>> probe_engine(net::Loop& loop, fs::path engine, fs::path cache_dir) {
  const auto key = binary_key(engine);
  if (!key) co_return failure(key.error());
  if (auto cached = read_probe_cache(cache_dir, *key)) co_return *std::move(cached);

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
  write_probe_cache(cache_dir, *key, abilities);
  co_return abilities;
}

}  // namespace llf::worker
