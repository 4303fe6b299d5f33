#include "os/child_process.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "os/pidfd.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <linux/close_range.h>
#include <span>
#include <string_view>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Between fork and exec only async-signal-safe calls are allowed: everything that allocates is
// prepared before the fork.

namespace llf::os {
namespace {

/// What a child reports through the close-on-exec pipe when it cannot become the program.
struct ChildFailure {
  enum class Stage : int { streams, cwd, parent_gone, session, fork, exec };
  Stage stage = Stage::exec;
  int error_number = 0;
};

std::string_view describe(ChildFailure::Stage stage) {
  switch (stage) {
    case ChildFailure::Stage::streams:
      return "connecting its standard streams";
    case ChildFailure::Stage::cwd:
      return "entering its folder";
    case ChildFailure::Stage::parent_gone:
      return "finding its parent alive";
    case ChildFailure::Stage::session:
      return "leaving this session";
    case ChildFailure::Stage::fork:
      return "forking";
    case ChildFailure::Stage::exec:
      break;
  }
  return "";
}

/// The null-terminated array that execve wants; points into `strings`.
std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> all;
  all.reserve(strings.size() + 1);
  for (const auto& each : strings) all.push_back(const_cast<char*>(each.c_str()));
  all.push_back(nullptr);
  return all;
}

/// Everything that the child needs, ready before the fork.
struct Plan {
  const char* program = nullptr;
  std::vector<char*> argv;
  std::vector<char*> env;
  const char* cwd = nullptr;
  int null_fd = -1;
  int out_fd = -1;  ///< -1: leave stdout as it is
  int err_fd = -1;
  int keep_fd = -1;
  int report_fd = -1;
  pid_t parent = -1;
  Lifetime lifetime = Lifetime::independent;
};

[[noreturn]] void report_and_exit(const Plan& plan, ChildFailure::Stage stage) {
  const ChildFailure failed{.stage = stage, .error_number = errno};
  static_cast<void>(!::write(plan.report_fd, &failed, sizeof failed));
  ::_exit(127);
}

// Ignored signals and masks survive an exec; a program expects the defaults.
void restore_signals() {
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) {
    static_cast<void>(::sigaction(number, &standard, nullptr));
  }
  sigset_t none;
  sigemptyset(&none);
  static_cast<void>(::sigprocmask(SIG_SETMASK, &none, nullptr));
}

void connect_streams(const Plan& plan) {
  const std::array sources{plan.null_fd, plan.out_fd, plan.err_fd};
  for (int target = 0; target < 3; ++target) {
    const int source = sources[static_cast<std::size_t>(target)];
    if (source < 0) continue;
    if (::dup2(source, target) < 0) report_and_exit(plan, ChildFailure::Stage::streams);
  }
}

[[noreturn]] void become_program(const Plan& plan) {
  restore_signals();
  connect_streams(plan);
  // Close-on-exec instead of closing: the report pipe must live until the exec.
  static_cast<void>(::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC));
  if (plan.keep_fd >= 0) static_cast<void>(::fcntl(plan.keep_fd, F_SETFD, 0));
  if (plan.cwd != nullptr && ::chdir(plan.cwd) != 0) {
    report_and_exit(plan, ChildFailure::Stage::cwd);
  }
  ::execve(plan.program, plan.argv.data(), plan.env.data());
  report_and_exit(plan, ChildFailure::Stage::exec);
}

[[noreturn]] void run_child(const Plan& plan) {
  static_cast<void>(::setpgid(0, 0));
  if (plan.lifetime == Lifetime::dies_with_parent) {
    static_cast<void>(::prctl(PR_SET_PDEATHSIG, SIGKILL));
    // The parent may have died before the call above.
    if (::getppid() != plan.parent) report_and_exit(plan, ChildFailure::Stage::parent_gone);
  }
  become_program(plan);
}

[[noreturn]] void run_daemon(const Plan& plan) {
  if (::setsid() < 0) report_and_exit(plan, ChildFailure::Stage::session);
  // A second fork: the daemon belongs to init at once, and can never take a terminal.
  const pid_t pid = ::fork();
  if (pid < 0) report_and_exit(plan, ChildFailure::Stage::fork);
  if (pid > 0) ::_exit(0);
  become_program(plan);
}

/// The child's end of a stream and ours.
struct StreamEnds {
  UniqueFd child;
  UniqueFd ours;
};

Expected<StreamEnds> open_stream(Stream kind, int null_fd) {
  StreamEnds ends;
  if (kind == Stream::pipe) {
    auto pipe = make_pipe();
    if (!pipe) return failure(pipe.error());
    if (::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK) != 0) {
      return failure(errno_error("making a pipe non-blocking", errno));
    }
    ends.child = std::move(pipe->write);
    ends.ours = std::move(pipe->read);
  } else if (kind == Stream::null) {
    ends.child.reset(::fcntl(null_fd, F_DUPFD_CLOEXEC, 3));
    if (!ends.child) return failure(errno_error("duplicating a descriptor", errno));
  }
  return ends;
}

// Descriptors 0 to 2 are overwritten in the child, so none of ours may be one of them.
Expected<UniqueFd> above_standard(UniqueFd fd) {
  if (fd.get() > 2) return fd;
  UniqueFd moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
  if (!moved) return failure(errno_error("duplicating a descriptor", errno));
  return moved;
}

Expected<UniqueFd> open_null() {
  UniqueFd fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!fd) return failure(errno_error("opening /dev/null", errno));
  return above_standard(std::move(fd));
}

pid_t wait_for(pid_t pid, int* status) {
  pid_t got = -1;
  do {
    got = ::waitpid(pid, status, 0);
  } while (got < 0 && errno == EINTR);
  return got;
}

/// Waits until the exec happened (the pipe closes) or a failure arrives.
Expected<void> await_exec(Pipe pipe, const std::string& program) {
  pipe.write.reset();
  ChildFailure failed;
  ssize_t got = -1;
  do {
    got = ::read(pipe.read.get(), &failed, sizeof failed);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return {};
  if (got != sizeof failed)
    return failure(ErrorKind::io, fmt::format("starting {} failed", program));
  const auto doing = describe(failed.stage);
  const auto what = doing.empty() ? fmt::format("starting {}", program)
                                  : fmt::format("starting {}: {}", program, doing);
  return failure(errno_error(what, failed.error_number));
}

}  // namespace

std::string to_string(const ExitStatus& status) {
  if (status.cause == ExitStatus::Cause::exited) return fmt::format("exit code {}", status.value);
  const char* name = ::sigdescr_np(status.value);
  return fmt::format("signal {} ({})", status.value, name == nullptr ? "unknown" : name);
}

Expected<Pipe> make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failure(errno_error("making a pipe", errno));
  auto read = above_standard(UniqueFd(ends[0]));
  auto write = above_standard(UniqueFd(ends[1]));
  if (!read) return failure(read.error());
  if (!write) return failure(write.error());
  return Pipe{.read = std::move(*read), .write = std::move(*write)};
}

Expected<ChildProcess> spawn(const SpawnOptions& options) {
  LLF_ASSERT(!options.argv.empty());
  const auto& program = options.program.empty() ? options.argv[0] : options.program;
  LLF_ASSERT(program.contains('/'));
  LLF_ASSERT(options.out != Stream::as_out);
  auto null_fd = open_null();
  if (!null_fd) return failure(null_fd.error());
  auto out = open_stream(options.out, null_fd->get());
  if (!out) return failure(out.error());
  auto err = open_stream(options.err, null_fd->get());
  if (!err) return failure(err.error());
  auto report = make_pipe();
  if (!report) return failure(report.error());

  const Plan plan{.program = program.c_str(),
                  .argv = pointers(options.argv),
                  .env = pointers(options.env),
                  .cwd = options.cwd.empty() ? nullptr : options.cwd.c_str(),
                  .null_fd = null_fd->get(),
                  .out_fd = out->child.get(),
                  .err_fd = options.err == Stream::as_out ? out->child.get() : err->child.get(),
                  .keep_fd = -1,
                  .report_fd = report->write.get(),
                  .parent = ::getpid(),
                  .lifetime = options.lifetime};
  const pid_t pid = ::fork();
  if (pid < 0) return failure(errno_error(fmt::format("starting {}", program), errno));
  if (pid == 0) run_child(plan);

  static_cast<void>(::setpgid(pid, pid));  // in the child too: whoever comes first
  ChildProcess child(pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))));
  if (!child.pidfd_) return failure(errno_error("watching a child process", errno));
  if (auto done = await_exec(std::move(*report), program); !done) {
    return failure(done.error());
  }
  child.out_ = std::move(out->ours);
  child.err_ = std::move(err->ours);
  return child;
}

Expected<void> spawn_daemon(const DaemonOptions& options) {
  LLF_ASSERT(!options.argv.empty() && options.argv[0].contains('/'));
  LLF_ASSERT(options.keep_fd < 0 || options.keep_fd > 2);
  auto null_fd = open_null();
  if (!null_fd) return failure(null_fd.error());
  auto report = make_pipe();
  if (!report) return failure(report.error());
  const Plan plan{.program = options.argv[0].c_str(),
                  .argv = pointers(options.argv),
                  .env = pointers(options.env),
                  .cwd = "/",
                  .null_fd = null_fd->get(),
                  .out_fd = null_fd->get(),
                  .err_fd = null_fd->get(),
                  .keep_fd = options.keep_fd,
                  .report_fd = report->write.get()};
  const pid_t pid = ::fork();
  if (pid < 0) return failure(errno_error(fmt::format("starting {}", options.argv[0]), errno));
  if (pid == 0) run_daemon(plan);
  auto done = await_exec(std::move(*report), options.argv[0]);
  int ignored = 0;
  static_cast<void>(wait_for(pid, &ignored));
  return done;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      status_(std::exchange(other.status_, std::nullopt)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this == &other) return *this;
  kill_and_reap();
  pid_ = std::exchange(other.pid_, -1);
  pidfd_ = std::move(other.pidfd_);
  out_ = std::move(other.out_);
  err_ = std::move(other.err_);
  status_ = std::exchange(other.status_, std::nullopt);
  return *this;
}

ChildProcess::~ChildProcess() {
  kill_and_reap();
}

void ChildProcess::kill_and_reap() noexcept {
  if (pid_ < 0 || status_) return;
  static_cast<void>(::kill(-pid_, SIGKILL));
  static_cast<void>(::kill(pid_, SIGKILL));
  // Without a pidfd nothing but waiting is left.
  if (!pidfd_ || await_end(pidfd_, limits::kReapLimit)) {
    int ignored = 0;
    static_cast<void>(wait_for(pid_, &ignored));
  }
  pid_ = -1;
}

Expected<void> ChildProcess::send_signal(int signal) const {
  if (pid_ < 0 || status_) return {};
  if (::kill(-pid_, signal) == 0 || errno == ESRCH) return {};
  return failure(errno_error(fmt::format("sending signal {} to process {}", signal, pid_), errno));
}

Expected<std::optional<ExitStatus>> ChildProcess::try_reap() {
  if (status_) return status_;
  LLF_ASSERT(pid_ >= 0);
  siginfo_t info{};
  // WNOWAIT first: while the leader is a zombie its group's number cannot be given away, so what
  // is left of the group can be killed safely.
  if (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    return failure(errno_error(fmt::format("waiting for process {}", pid_), errno));
  }
  if (info.si_pid == 0) return std::nullopt;
  static_cast<void>(::kill(-pid_, SIGKILL));
  int ignored = 0;
  static_cast<void>(wait_for(pid_, &ignored));
  const auto cause =
      info.si_code == CLD_EXITED ? ExitStatus::Cause::exited : ExitStatus::Cause::signaled;
  status_ = ExitStatus{.cause = cause, .value = info.si_status};
  return status_;
}

}  // namespace llf::os
