#pragma once

#include <string>
#include <vector>

namespace llf::fake_worker {

/// What the command line says. Flags that change nothing here are accepted and forgotten.
struct Options {
  std::string model;
  std::string host = "127.0.0.1";
  int port = 0;
  std::string alias;
  int parallel = 1;
  int context = 4096;
  int verbosity = 3;
  int ping_interval_s = 30;
  bool log_jsonl = false;
  bool slots_route = true;
  bool embeddings = false;
  bool rerank = false;
  bool metrics = false;
};

/// Reads the flags of llama-server. `--help` and `--version` print and exit 0; an unknown flag or a
/// missing value prints a message to stderr and exits 1, like the real one.
Options parse_options(const std::vector<std::string>& arguments);

}  // namespace llf::fake_worker
