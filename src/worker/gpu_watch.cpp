#include "worker/gpu_watch.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"
#include "base/trim.hpp"
#include "log/log.hpp"
#include "net/timer.hpp"
#include "os/gpu_memory.hpp"
#include "os/process_facts.hpp"
#include "worker/run_program.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace llf::worker {
namespace {

/// Calls `take` with each line of a text.
template <class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    take(trimmed(line));
  }
}

/// "8188 MiB" in front of `end`, which is cut off.
std::optional<ByteSize> take_mib(std::string_view& text, std::string_view end) {
  constexpr std::string_view kUnit = " MiB";
  if (!text.ends_with(end)) return std::nullopt;
  text.remove_suffix(end.size());
  if (!text.ends_with(kUnit)) return std::nullopt;
  text.remove_suffix(kUnit.size());
  const auto begin = text.find_last_not_of("0123456789") + 1;
  const auto mib = parse_number<std::uint64_t>(text.substr(begin));
  text = text.substr(0, begin);
  if (!mib || *mib > limits::kMostGpuMib) return std::nullopt;
  return ByteSize::mib(*mib);
}

/// "  CUDA0: NVIDIA GeForce RTX 4060 (8188 MiB, 7105 MiB free)"
std::optional<GpuMemory> parse_device(std::string_view line) {
  const auto free = take_mib(line, " free)");
  if (!free) return std::nullopt;
  const auto total = take_mib(line, ", ");
  if (!total || !line.ends_with('(')) return std::nullopt;
  return GpuMemory{.total = *total, .free = *free};
}

}  // namespace

std::optional<GpuMemory> parse_devices(std::string_view text) {
  std::optional<GpuMemory> all;
  each_line(text, [&](std::string_view line) {
    if (line == "Available devices:") all.emplace();
    const auto one = all ? parse_device(line) : std::nullopt;
    if (one) all = {.total = all->total + one->total, .free = all->free + one->free};
  });
  return all;
}

std::map<pid_t, ByteSize> parse_gpu_processes(std::string_view text) {
  std::map<pid_t, ByteSize> processes;
  each_line(text, [&](std::string_view line) {
    const auto comma = line.find(',');
    if (comma == std::string_view::npos) return;
    const auto pid = parse_number<pid_t>(trimmed(line.substr(0, comma)));
    const auto mib = parse_number<std::uint64_t>(trimmed(line.substr(comma + 1)));
    if (!pid || !mib || *mib > limits::kMostGpuMib) return;
    processes[*pid] = processes[*pid] + ByteSize::mib(*mib);
  });
  return processes;
}

Task<void> GpuWatch::look() {
  if (options_.machine == Machine::no_gpu) co_return;
  if (looking_) {
    static_cast<void>(co_await looked_now_.wait());
    co_return;
  }
  if (looked_ && mono_now() - *looked_ < limits::kGpuLook) co_return;
  looking_ = true;
  looked_now_.reset();
  co_await ask_engine();
  co_await ask_nvidia();
  if (memory_) memory_->own = own_memory();
  looked_ = mono_now();
  looking_ = false;
  looked_now_.set();
}

/// Of those that still run.
ByteSize GpuWatch::own_memory() {
  std::erase_if(ours_, [](pid_t pid) { return !os::proc_stat(pid); });
  ByteSize sum;
  for (const auto pid : ours_) sum = sum + sum_of(pid);
  return sum;
}

Task<void> GpuWatch::look_later() {
  if (options_.machine == Machine::no_gpu) co_return;
  if (co_await net::sleep_for(limits::kGpuLook)) co_await look();
}

Task<void> GpuWatch::ask_engine() {
  const auto engine = options_.engine();
  if (!engine) co_return;  // told by who loads a model
  std::vector<std::string> argv{engine->path, "--list-devices"};
  const auto text = co_await run_program(loop_, std::move(argv), limits::kGpuLookLimit);
  if (!text) co_return tell(text.error());
  memory_ = parse_devices(*text);
}

Task<void> GpuWatch::ask_nvidia() {
  const auto program = find_program(options_.path_variable, "nvidia-smi");
  if (!program) co_return;
  std::vector<std::string> argv{program->native(), "--query-compute-apps=pid,used_gpu_memory",
                                "--format=csv,noheader,nounits"};
  const auto text = co_await run_program(loop_, std::move(argv), limits::kGpuLookLimit);
  if (!text) co_return tell(text.error());
  nvidia_ = parse_gpu_processes(*text);
}

void GpuWatch::tell(const Error& error) {
  if (error.kind == ErrorKind::cancelled || error.message == told_) return;
  told_ = error.message;
  log::warn("gpu", "{}", error.message);
}

ByteSize GpuWatch::memory_of(pid_t pid) {
  ours_.insert(pid);
  return sum_of(pid);
}

ByteSize GpuWatch::sum_of(pid_t pid) const {
  ByteSize sum;
  for (const auto process : os::process_tree(pid)) {
    const auto nvidia = nvidia_.find(process);
    const auto theirs = nvidia == nvidia_.end() ? ByteSize() : nvidia->second;
    sum = sum + std::max(os::gpu_memory(process), theirs);
  }
  return sum;
}

}  // namespace llf::worker
