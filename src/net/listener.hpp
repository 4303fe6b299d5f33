#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/address.hpp"
#include "net/fd_watch.hpp"
#include "net/http_message.hpp"
#include "os/unique_fd.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>

namespace llf::net {

/// A client that was accepted: its socket is non-blocking and sends without delay.
struct Accepted {
  os::UniqueFd fd;
  Peer peer;
};

/// The file of a Unix socket that we made; removed at the end, if it is still the same one.
class SocketFile {
 public:
  explicit SocketFile(std::string path);
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  ~SocketFile();

  /// It stays.
  void keep() { path_.clear(); }

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// One listening socket. Closing it, or the end, removes the socket file that it made.
class Listener {
 public:
  [[nodiscard]] static Expected<Listener> tcp(LoopContext& context, const std::string& address,
                                              std::uint16_t port);
  [[nodiscard]] static Expected<Listener> unix_socket(LoopContext& context, const std::string& path,
                                                      unsigned mode);
  /// One that listens already, of a program that made room for this one. A socket file is removed
  /// at the end as if it were ours. Errors: `invalid`: it is no socket that listens; io.
  [[nodiscard]] static Expected<Listener> adopt(LoopContext& context, os::UniqueFd fd);

  /// The same socket, for a program that goes on listening on it. Errors: io.
  [[nodiscard]] Expected<os::UniqueFd> copy() const;
  /// The socket file stays.
  void keep_file() const {
    if (file_) file_->keep();
  }

  /// Where it listens.
  [[nodiscard]] Address address() const { return Address::local_of(fd_.get()); }

  /// The next client. Running out of descriptors does not end or spin it (F34): the client is
  /// accepted on a spare descriptor and closed, and others wait for limits::kAcceptBackoff.
  /// Nothing: the task was cancelled.
  [[nodiscard]] Task<std::optional<Accepted>> accept();

  void remove_file() { file_.reset(); }

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  Listener(os::UniqueFd fd, FdWatch watch);
  [[nodiscard]] static Expected<Listener> start(LoopContext& context, os::UniqueFd fd);
  void shed_one();
  [[nodiscard]] Accepted prepare(os::UniqueFd fd) const;

  os::UniqueFd fd_;
  os::UniqueFd spare_;
  FdWatch watch_;
  bool starved_ = false;  ///< of descriptors, and the log says so
  std::uint16_t port_ = 0;
  std::unique_ptr<SocketFile> file_;
};

}  // namespace llf::net
