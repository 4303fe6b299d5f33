#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/descriptor.hpp"
#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "os/child_process.hpp"
#include "worker/journal.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::worker {

/// How an engine's process is started.
struct StartOptions {
  std::vector<std::string> argv;  ///< names `socket_name` as its host
  std::vector<std::string> env;
  std::filesystem::path run_dir;  ///< its folder; the socket appears in it
  std::string socket_name;
  Journal* journal = nullptr;  ///< may be null
};

/// One running engine: its process, its pipes, its socket file. Destroying it kills and reaps the
/// process and removes the socket, which engines leave behind. Loop thread.
class EngineProcess {
 public:
  using OnLine = std::function<void(std::string_view line)>;

  /// Removes an old socket of that name, starts the process and notes it in the journal. Errors:
  /// as os::spawn.
  [[nodiscard]] static Expected<std::unique_ptr<EngineProcess>> start(net::Loop& loop,
                                                                      const StartOptions& options);
  /// For start: takes over a child that was started with these options.
  EngineProcess(net::Loop& loop, os::ChildProcess child, const StartOptions& options);
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;
  ~EngineProcess();

  [[nodiscard]] pid_t pid() const { return child_.pid(); }
  [[nodiscard]] const net::Endpoint& endpoint() const { return endpoint_; }

  /// A process that has ended already is no error; another failure is logged.
  void send_signal(int signal) const;

  /// Hands every line that the process prints on either stream to `on_line`, until it has ended;
  /// then reaps it. Both streams are always drained: an engine that cannot write stands still.
  /// Once. When cancelled it returns early, with nothing; the destructor does the rest.
  [[nodiscard]] Task<std::optional<os::ExitStatus>> run(OnLine on_line);

 private:
  net::Loop& loop_;
  os::ChildProcess child_;
  std::filesystem::path socket_;
  net::Endpoint endpoint_;
  Journal* journal_ = nullptr;
};

}  // namespace llf::worker
