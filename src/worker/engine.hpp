#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/loop.hpp"
#include "worker/command_line.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace llf::worker {

/// Where an engine was found; the order is the order of the search.
enum class EngineOrigin : std::uint8_t {
  configured,    ///< named by the user (LLF_ENGINE, --engine)
  path,          ///< on PATH
  distribution,  ///< the distribution's package: /usr/bin
  user,          ///< the user's private engine: $XDG_DATA_HOME/llf/engine
  tree,          ///< the one that came with this llfd: ../lib/llf/engine
};

/// "configured", "path" …: as the control API writes it.
[[nodiscard]] std::string_view to_string(EngineOrigin origin);

/// An engine of this machine.
struct Engine {
  std::string path;  ///< absolute, symbolic links resolved
  EngineOrigin origin = EngineOrigin::path;
  std::string version;  ///< as the last probe of this binary found it; empty before the first
};

/// Where to look, in this order.
struct EngineSearch {
  std::string configured;     ///< the user's setting; empty: none
  std::string path_variable;  ///< the value of PATH
  std::filesystem::path distribution = "/usr/bin";
  std::filesystem::path user_dir;   ///< os::Paths::engine_dir; may be empty
  std::filesystem::path tree_dir;   ///< <folder of llfd>/../lib/llf/engine
  std::filesystem::path cache_dir;  ///< where probes are remembered
};

/// The first llama-server of the search. A private engine is passed over when it was made for
/// another folder (its programs name their loader by its path). Errors: not_found, with the command
/// that provides an engine; a setting that names no program is an error of its own, nothing else is
/// tried then. A few system calls; never runs anything.
[[nodiscard]] Expected<Engine> find_engine(const EngineSearch& search);

/// Reads what --version and --help print. Pure.
[[nodiscard]] std::string parse_version(std::string_view text);
[[nodiscard]] std::set<std::string, std::less<>> parse_flags(std::string_view help);

/// What the engine can do: from the cache when the binary's path, size and time of change are those
/// of the last probe, else by running it twice (about 40 ms), and then remembered in
/// `cache_dir`/engine.json. A cache that cannot be read or written is no error. Loop thread.
/// Errors: the binary cannot be run, or does not know the flags --model and --host.
[[nodiscard]] Task<Expected<Abilities>> probe_engine(net::Loop& loop, std::filesystem::path engine,
                                                     std::filesystem::path cache_dir);

}  // namespace llf::worker
