#include "net/descriptor.hpp"

#include "net/fd_watch.hpp"
#include "net/loop_context.hpp"

#include <cerrno>
#include <unistd.h>
#include <utility>

namespace llf::net {

struct Descriptor::Impl {
  FdWatch watch;
  int fd;
};

Descriptor::Descriptor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Descriptor::Descriptor(Descriptor&&) noexcept = default;
Descriptor& Descriptor::operator=(Descriptor&&) noexcept = default;
Descriptor::~Descriptor() = default;

Expected<Descriptor> Descriptor::create(Loop& loop, int fd) {
  auto watch = FdWatch::create(context_of(loop), fd);
  if (!watch) return failure(watch.error());
  return Descriptor(std::make_unique<Impl>(std::move(*watch), fd));
}

Task<Expected<void>> Descriptor::wait_readable() {
  if (co_await impl_->watch.wait(FdWatch::For::read) == Wake::cancelled) {
    co_return failure(ErrorKind::cancelled, "cancelled");
  }
  co_return Expected<void>();
}

Task<Expected<std::size_t>> Descriptor::read_some(std::span<char> buffer) {
  while (true) {
    if (auto ready = co_await wait_readable(); !ready) co_return failure(ready.error());
    const auto got = ::read(impl_->fd, buffer.data(), buffer.size());
    if (got >= 0) co_return static_cast<std::size_t>(got);
    if (errno != EAGAIN && errno != EINTR) co_return failure(errno_error("reading", errno));
  }
}

}  // namespace llf::net
