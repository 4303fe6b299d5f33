#include "base/limits.hpp"
#include "net/descriptor.hpp"
#include "net/timer.hpp"
#include "os/child_process.hpp"
#include "os/paths.hpp"
#include "worker/engine.hpp"
#include "worker/probe_cache.hpp"

#include <fmt/format.h>

#include <array>
#include <sys/stat.h>
#include <utility>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

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
