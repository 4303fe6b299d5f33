// A library to be preloaded: calls that change files below one folder fail as they are told, and
// are recorded, and the time of day jumps. README.md has the variables and the formats.

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

namespace {

/// What is counted and may fail, in the order of the control file.
enum Call : std::uint32_t {
  kWrite,
  kSync,
  kRename,
  kTruncate,
  kAllocate,
  kSymlink,
  kFolder,
  kOpen,
  kCalls,
};

/// The control file.
struct Control {
  std::atomic<std::uint32_t> call;     ///< which of them fails
  std::atomic<std::uint32_t> nth;      ///< the how manyth of them; 0: none
  std::atomic<std::uint32_t> every;    ///< not 0: all from there on
  std::atomic<std::uint32_t> error;    ///< with which errno
  std::atomic<std::uint32_t> struck;   ///< how many have failed
  std::atomic<std::uint32_t> retried;  ///< syncs of a file whose sync had failed
  std::atomic<std::uint32_t> failed;   ///< the inode of the last whose sync failed
  std::array<std::atomic<std::uint32_t>, kCalls> counts;
  std::atomic<std::int32_t> clock;  ///< seconds that the time of day is wrong by
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

template <class... Arguments>
long kernel(long number, Arguments... arguments) {
  return ::syscall(number, arguments...);
}

struct Shim {
  std::string below = variable("FAULT_SHIM_BELOW");
  std::string boot = variable("FAULT_SHIM_BOOT");
  Control* control = nullptr;
  int log = -1;
  std::mutex order;  ///< of calls and their records

  Shim() {
    const auto control_file = variable("FAULT_SHIM_CONTROL");
    if (!control_file.empty()) {
      const auto fd =
          static_cast<int>(kernel(SYS_openat, AT_FDCWD, control_file.c_str(), O_RDWR | O_CLOEXEC));
      void* shared = ::mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
      if (shared != MAP_FAILED) control = static_cast<Control*>(shared);
      kernel(SYS_close, fd);
    }
    const auto log_file = variable("FAULT_SHIM_LOG");
    if (!log_file.empty()) {
      log = static_cast<int>(kernel(SYS_openat, AT_FDCWD, log_file.c_str(),
                                    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    }
  }

  [[nodiscard]] bool concerns(std::string_view path) const {
    return !below.empty() && path.starts_with(below) &&
           (path.size() == below.size() || path[below.size()] == '/');
  }

  /// Counts a call; whether it is to fail, with errno set.
  bool strikes(Call call) {
    if (control == nullptr) return false;
    const auto count = ++control->counts.at(call);
    const auto nth = control->nth.load();
    if (nth == 0 || control->call != call) return false;
    if (count != nth && (control->every == 0 || count < nth)) return false;
    ++control->struck;
    errno = static_cast<int>(control->error.load());
    return true;
  }

  void record(std::string_view head, std::string_view data = {}) const {
    if (log < 0) return;
    const int before = errno;
    std::string line(head);
    line += '\t';
    line += std::to_string(data.size());
    line += '\n';
    line += data;
    kernel(SYS_write, log, line.data(), line.size());
    errno = before;
  }
};

Shim& shim() {
  static auto& the = *std::make_unique<Shim>().release();  // outlives everything
  return the;
}

std::string path_of(int fd) {
  const auto link = "/proc/self/fd/" + std::to_string(fd);
  std::array<char, 4096> path{};
  const int before = errno;
  const auto size = kernel(SYS_readlink, link.c_str(), path.data(), path.size());
  errno = before;
  return size <= 0 ? std::string() : std::string(path.data(), static_cast<std::size_t>(size));
}

std::string path_at(int folder, const char* path) {
  if (path == nullptr) return {};
  if (*path == '/' || folder == AT_FDCWD) return path;
  return path_of(folder) + "/" + path;
}

struct stat facts_of(int fd) {
  struct stat facts{};
  kernel(SYS_fstat, fd, &facts);
  return facts;
}

template <class Number>
std::string number(Number value) {
  return std::to_string(value);
}

/// The common part of an open.
int open_file(int folder, const char* path, int flags, mode_t mode) {
  constexpr std::string_view kBoot = "/proc/sys/kernel/random/boot_id";
  auto& the = shim();
  if (!the.boot.empty() && path != nullptr && path == kBoot) {
    return static_cast<int>(kernel(SYS_openat, AT_FDCWD, the.boot.c_str(), flags, mode));
  }
  const auto whole = path_at(folder, path);
  const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
  if (!writes || !the.concerns(whole)) {
    return static_cast<int>(kernel(SYS_openat, folder, path, flags, mode));
  }
  const std::scoped_lock lock(the.order);
  if (the.strikes(kOpen)) return -1;
  const bool was_there = kernel(SYS_faccessat, AT_FDCWD, whole.c_str(), F_OK) == 0;
  const auto fd = static_cast<int>(kernel(SYS_openat, folder, path, flags, mode));
  if (fd < 0) return fd;
  const auto inode = number(facts_of(fd).st_ino);
  if (!was_there) {
    the.record("create\t" + inode + "\t" + whole);
  } else if ((flags & O_TRUNC) != 0) {
    the.record("size\t" + inode + "\t0");
  }
  return fd;
}

/// Writes at a place, or where the descriptor is.
ssize_t write_file(int fd, std::string_view bytes, std::optional<off_t> at) {
  auto& the = shim();
  const auto act = [&]() -> ssize_t {
    return at ? kernel(SYS_pwrite64, fd, bytes.data(), bytes.size(), *at)
              : kernel(SYS_write, fd, bytes.data(), bytes.size());
  };
  if (the.below.empty() || !the.concerns(path_of(fd))) return act();
  const std::scoped_lock lock(the.order);
  if (the.strikes(kWrite)) return -1;
  const auto put = act();
  if (put <= 0) return put;
  const auto begin = at ? *at : kernel(SYS_lseek, fd, 0, SEEK_CUR) - put;
  the.record("write\t" + number(facts_of(fd).st_ino) + "\t" + number(begin),
             bytes.substr(0, static_cast<std::size_t>(put)));
  return put;
}

int sync_file(int fd, long call) {
  auto& the = shim();
  const auto path = path_of(fd);
  if (!the.concerns(path)) return static_cast<int>(kernel(call, fd));
  const std::scoped_lock lock(the.order);
  const auto facts = facts_of(fd);
  const auto inode = static_cast<std::uint32_t>(facts.st_ino);
  if (the.control != nullptr && the.control->failed == inode) ++the.control->retried;
  if (the.strikes(kSync)) {
    the.control->failed = inode;
    return -1;
  }
  // Who records means another disk than this one, which would only take its time.
  const auto done = the.log >= 0 ? 0 : static_cast<int>(kernel(call, fd));
  if (done == 0) {
    the.record(S_ISDIR(facts.st_mode) ? "sync_names\t" + path : "sync\t" + number(facts.st_ino));
  }
  return done;
}

int size_file(int fd, off_t size) {
  auto& the = shim();
  if (!the.concerns(path_of(fd))) return static_cast<int>(kernel(SYS_ftruncate, fd, size));
  const std::scoped_lock lock(the.order);
  if (the.strikes(kTruncate)) return -1;
  const auto done = static_cast<int>(kernel(SYS_ftruncate, fd, size));
  if (done == 0) {
    the.record("size\t" + number(facts_of(fd).st_ino) + "\t" + number(size));
  }
  return done;
}

int allocate_file(int fd, int mode, off_t at, off_t size) {
  auto& the = shim();
  const auto act = [&] { return static_cast<int>(kernel(SYS_fallocate, fd, mode, at, size)); };
  if (!the.concerns(path_of(fd))) return act();
  const std::scoped_lock lock(the.order);
  if (the.strikes(kAllocate)) return -1;
  const auto done = act();
  if (done == 0 && mode == 0) {
    the.record("room\t" + number(facts_of(fd).st_ino) + "\t" + number(at + size));
  }
  return done;
}

/// A call on a name: fails as told, else acts and is recorded as `words`.
template <class Act>
int change_name(Call call, std::string_view path, std::string_view words, Act act) {
  auto& the = shim();
  if (!the.concerns(path)) return static_cast<int>(act());
  const std::scoped_lock lock(the.order);
  if (call != kCalls && the.strikes(call)) return -1;
  const auto done = static_cast<int>(act());
  if (done == 0) the.record(words);
  return done;
}

int remove_name(int folder, const char* path, int flags) {
  const auto whole = path_at(folder, path);
  return change_name(kCalls, whole, "remove\t" + whole,
                     [&] { return kernel(SYS_unlinkat, folder, path, flags); });
}

}  // namespace

#define LLF_SHIM extern "C" __attribute__((visibility("default")))

/// `mode` of an open: its last argument, which is there only when it may make a file.
#define LLF_OPEN_MODE(flags)                      \
  mode_t mode = 0;                                \
  if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) { \
    va_list more;                                 \
    va_start(more, flags);                        \
    mode = va_arg(more, mode_t);                  \
    va_end(more);                                 \
  }

LLF_SHIM int open(const char* path, int flags, ...) {
  LLF_OPEN_MODE(flags)
  return open_file(AT_FDCWD, path, flags, mode);
}
LLF_SHIM int open64(const char* path, int flags, ...) {
  LLF_OPEN_MODE(flags)
  return open_file(AT_FDCWD, path, flags, mode);
}
LLF_SHIM int openat(int folder, const char* path, int flags, ...) {
  LLF_OPEN_MODE(flags)
  return open_file(folder, path, flags, mode);
}
LLF_SHIM int openat64(int folder, const char* path, int flags, ...) {
  LLF_OPEN_MODE(flags)
  return open_file(folder, path, flags, mode);
}

LLF_SHIM ssize_t write(int fd, const void* bytes, size_t size) {
  return write_file(fd, {static_cast<const char*>(bytes), size}, std::nullopt);
}
LLF_SHIM ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  return write_file(fd, {static_cast<const char*>(bytes), size}, at);
}
LLF_SHIM ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  return write_file(fd, {static_cast<const char*>(bytes), size}, at);
}

LLF_SHIM int fsync(int fd) {
  return sync_file(fd, SYS_fsync);
}
LLF_SHIM int fdatasync(int fd) {
  return sync_file(fd, SYS_fdatasync);
}

LLF_SHIM int ftruncate(int fd, off_t size) noexcept {
  return size_file(fd, size);
}
LLF_SHIM int ftruncate64(int fd, off64_t size) noexcept {
  return size_file(fd, size);
}
LLF_SHIM int fallocate(int fd, int mode, off_t at, off_t size) {
  return allocate_file(fd, mode, at, size);
}
LLF_SHIM int fallocate64(int fd, int mode, off64_t at, off64_t size) {
  return allocate_file(fd, mode, at, size);
}

LLF_SHIM int clock_gettime(clockid_t clock, struct timespec* time) noexcept {
  const auto done = static_cast<int>(kernel(SYS_clock_gettime, clock, time));
  const bool time_of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (done == 0 && time_of_day && shim().control != nullptr) time->tv_sec += shim().control->clock;
  return done;
}
LLF_SHIM time_t time(time_t* place) noexcept {
  struct timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  if (place != nullptr) *place = now.tv_sec;
  return now.tv_sec;
}

LLF_SHIM int rename(const char* from, const char* to) noexcept {
  return change_name(kRename, to, std::string("rename\t") + from + "\t" + to,
                     [&] { return kernel(SYS_rename, from, to); });
}
LLF_SHIM int symlink(const char* target, const char* path) noexcept {
  return change_name(kSymlink, path, std::string("symlink\t") + target + "\t" + path,
                     [&] { return kernel(SYS_symlink, target, path); });
}
LLF_SHIM int mkdir(const char* path, mode_t mode) noexcept {
  return change_name(kFolder, path, std::string("folder\t") + path,
                     [&] { return kernel(SYS_mkdir, path, mode); });
}
LLF_SHIM int unlink(const char* path) noexcept {
  return remove_name(AT_FDCWD, path, 0);
}
LLF_SHIM int unlinkat(int folder, const char* path, int flags) noexcept {
  return remove_name(folder, path, flags);
}
LLF_SHIM int rmdir(const char* path) noexcept {
  return remove_name(AT_FDCWD, path, AT_REMOVEDIR);
}
LLF_SHIM int remove(const char* path) noexcept {
  const int before = errno;
  if (remove_name(AT_FDCWD, path, 0) == 0) return 0;
  if (errno != EISDIR) return -1;
  errno = before;
  return remove_name(AT_FDCWD, path, AT_REMOVEDIR);
}
