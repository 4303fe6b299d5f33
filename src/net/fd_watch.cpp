#include "net/fd_watch.hpp"

#include "net/loop_context.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <array>
#include <utility>

namespace llf::net {

namespace asio = boost::asio;

struct FdWatch::State {
  struct Direction {
    Suspension suspension;
    bool armed = false;
    bool ready = false;  ///< became so while nobody waited
  };

  explicit State(LoopContext& context) : descriptor(context) {}

  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> descriptor;
  std::array<Direction, 3> directions;
};

FdWatch::FdWatch(std::shared_ptr<State> state) : state_(std::move(state)) {}
FdWatch::FdWatch(FdWatch&& other) noexcept = default;

FdWatch& FdWatch::operator=(FdWatch&& other) noexcept {
  if (this != &other) {
    release();
    state_ = std::move(other.state_);
  }
  return *this;
}

FdWatch::~FdWatch() {
  release();
}

Expected<FdWatch> FdWatch::create(LoopContext& context, int fd) {
  auto state = std::make_shared<State>(context);
  boost::system::error_code error;
  state->descriptor.assign(fd, error);
  if (error) {
    return failure(ErrorKind::io, fmt::format("cannot watch a descriptor: {}", error.message()));
  }
  return FdWatch(std::move(state));
}

void FdWatch::release() {
  if (!state_) return;
  if (state_->descriptor.is_open()) state_->descriptor.release();
  state_.reset();
}

Task<Wake> FdWatch::wait(For what, MonoTime deadline) {
  const auto task = co_await asio::this_coro::cancellation_state;
  if (task.cancelled() != asio::cancellation_type::none) co_return Wake::cancelled;
  auto& direction = state_->directions[static_cast<std::size_t>(what)];
  if (std::exchange(direction.ready, false)) co_return Wake::woken;
  if (!direction.armed) {
    constexpr std::array kWaits{asio::posix::descriptor_base::wait_read,
                                asio::posix::descriptor_base::wait_write,
                                asio::posix::descriptor_base::wait_error};
    direction.armed = true;
    // The state outlives the watch until this callback has run.
    state_->descriptor.async_wait(
        kWaits[static_cast<std::size_t>(what)],
        [state = state_, &direction](const boost::system::error_code& error) {
          direction.armed = false;
          if (error == asio::error::operation_aborted) return;
          if (direction.suspension.waiting()) {
            direction.suspension.wake_now();
          } else {
            direction.ready = true;
          }
        });
  }
  co_return co_await direction.suspension.wait(deadline);
}

}  // namespace llf::net
