#pragma once

#include <string_view>

namespace llf::worker {

/// Recognises in an engine's log that it is ready. Today's llama-server prints
///   `0.00.066.781 I srv  llama_server: model loaded`
///   `0.00.066.842 I srv  llama_server: listening on unix://w-0123abcd.sock`
/// on stderr, or the same words as `{"type":"log",…,"msg":"…\n"}` on stdout with --log-jsonl;
/// others listen first and load then. Both signs in either order are worth one look at /health,
/// which alone decides (a model's path may hold these words too). Pure.
class ReadyLine {
 public:
  /// One line of either stream. True when it completes the signs, once.
  [[nodiscard]] bool see(std::string_view line);

 private:
  bool loaded_ = false;
  bool listening_ = false;
};

}  // namespace llf::worker
