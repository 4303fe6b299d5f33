#pragma once

#include "base/byte_size.hpp"
#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/event.hpp"
#include "net/loop.hpp"
#include "worker/engine.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace llf::worker {

/// The memory of the GPUs that the engine computes with, all of them together.
struct GpuMemory {
  ByteSize total;
  ByteSize free;
  ByteSize own{};  ///< that processes had which are asked for: not free, and ours to give
  friend bool operator==(const GpuMemory&, const GpuMemory&) = default;
};

/// Reads what the engine prints for --list-devices; nothing when it is no such list. Pure.
[[nodiscard]] std::optional<GpuMemory> parse_devices(std::string_view text);

/// Reads lines of nvidia-smi's "pid, used_gpu_memory" in MiB. A process may have several, one for
/// each GPU; those whose memory it does not know are left out. Pure.
[[nodiscard]] std::map<pid_t, ByteSize> parse_gpu_processes(std::string_view text);

/// Knows what the GPUs of this machine have free and what processes have of their memory: the
/// former from the engine itself, which sees those that it was built for; the latter from the
/// kernel and, of NVIDIA's, from nvidia-smi. Programs are run only by look(), and only where a GPU
/// is. Loop thread; outlives its looks.
class GpuWatch {
 public:
  /// What is on this machine; tests have it otherwise.
  enum class Machine : std::uint8_t { no_gpu, compute_gpu };
  struct Options {
    Machine machine = Machine::no_gpu;
    std::function<Expected<Engine>()> engine;  ///< the one that workers get now
    std::string path_variable;                 ///< the value of PATH
  };

  GpuWatch(net::Loop& loop, Options options) : loop_(loop), options_(std::move(options)) {}

  /// Looks anew, where the last look is not younger than limits::kGpuLook; who comes during a look
  /// waits for it. What does not tell is logged once.
  [[nodiscard]] Task<void> look();

  /// Looks when a model that was just loaded has taken what it takes, limits::kGpuLook from now.
  [[nodiscard]] Task<void> look_later();

  /// As of the last look; nothing where no engine has told.
  [[nodiscard]] std::optional<GpuMemory> memory() const { return memory_; }

  /// What the tree of a process has: of NVIDIA's as of the last look. The process is one of ours.
  [[nodiscard]] ByteSize memory_of(pid_t pid);

 private:
  [[nodiscard]] ByteSize sum_of(pid_t pid) const;
  [[nodiscard]] ByteSize own_memory();
  [[nodiscard]] Task<void> ask_engine();
  [[nodiscard]] Task<void> ask_nvidia();
  void tell(const Error& error);

  net::Loop& loop_;
  Options options_;
  std::optional<MonoTime> looked_;
  std::optional<GpuMemory> memory_;
  std::map<pid_t, ByteSize> nvidia_;
  std::set<pid_t> ours_;
  bool looking_ = false;
  net::Event looked_now_;
  std::string told_;  ///< the last error
};

}  // namespace llf::worker
