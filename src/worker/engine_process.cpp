#include "worker/engine_process.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/task_group.hpp"
#include "net/timer.hpp"
#include "worker/log_ring.hpp"

#include <array>
#include <system_error>
#include <utility>

namespace llf::worker {
namespace {

void remove_socket(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

/// Reads one stream to its end, line by line.
Task<void> drain(net::Loop& loop, os::UniqueFd fd, const EngineProcess::OnLine& on_line) {
  auto stream = net::Descriptor::create(loop, fd.get());
  if (!stream) {
    log::warn("worker", "an engine's output cannot be read: {}", stream.error().message);
    co_return;
  }
  LineSplitter lines;
  std::vector<char> block(limits::kPipeRead);
  for (;;) {
    const auto got = co_await stream->read_some(block);
    if (!got || *got == 0) break;
    lines.feed({block.data(), *got}, on_line);
  }
  lines.finish(on_line);
}

/// The streams end with the process unless something that it started has escaped its group and
/// keeps them open: nobody waits for that.
Task<void> finish(net::TaskGroup& streams) {
  static_cast<void>(co_await net::race(streams.join(), net::sleep_for(limits::kPipeLinger)));
}

}  // namespace

Expected<std::unique_ptr<EngineProcess>> EngineProcess::start(net::Loop& loop,
                                                              const StartOptions& options) {
  const auto socket = options.run_dir / options.socket_name;
  remove_socket(socket);
  auto child = os::spawn({.argv = options.argv, .env = options.env, .cwd = options.run_dir});
  if (!child) return failure(child.error());
  auto process = std::make_unique<EngineProcess>(loop, *std::move(child), options);
  if (options.journal != nullptr) {
    if (const auto identity = os::identify(process->pid())) options.journal->add(*identity);
  }
  return process;
}

EngineProcess::EngineProcess(net::Loop& loop, os::ChildProcess child, const StartOptions& options)
    : loop_(loop),
      child_(std::move(child)),
      socket_(options.run_dir / options.socket_name),
      endpoint_(net::Endpoint::unix_socket(socket_.native())),
      journal_(options.journal) {}

EngineProcess::~EngineProcess() {
  const auto pid = child_.pid();
  {
    // Kills and reaps, if that has not happened.
    const auto ended = std::move(child_);
  }
  remove_socket(socket_);
  if (journal_ != nullptr) journal_->remove(pid);
}

void EngineProcess::send_signal(int signal) const {
  if (const auto sent = child_.send_signal(signal); !sent) {
    log::warn("worker", "{}", sent.error().message);
  }
}

Task<std::optional<os::ExitStatus>> EngineProcess::run(OnLine on_line) {
  net::TaskGroup streams(loop_, "engine output");
  streams.spawn(drain(loop_, child_.take_out(), on_line));
  streams.spawn(drain(loop_, child_.take_err(), on_line));
  std::optional<os::ExitStatus> status;
  auto end = net::Descriptor::create(loop_, child_.pidfd());
  if (!end) {
    log::error("worker", "an engine cannot be watched: {}", end.error().message);
    streams.cancel();
  } else if (co_await end->wait_readable()) {
    if (const auto reaped = child_.try_reap()) status = *reaped;
  }
  co_await finish(streams);
  co_return status;
}

}  // namespace llf::worker
