#include "net/signals.hpp"

#include "net/loop_context.hpp"
#include "net/suspension.hpp"

#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <deque>
#include <utility>

namespace llf::net {

namespace asio = boost::asio;

struct Signals::Impl {
  explicit Impl(LoopContext& context) : set(context) {}

  asio::signal_set set;
  std::deque<int> arrived;
  bool armed = false;
  Suspension suspension;
};

Signals::Signals(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Signals::Signals(Signals&&) noexcept = default;

Signals& Signals::operator=(Signals&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}

Signals::~Signals() {
  boost::system::error_code ignored;
  if (impl_) impl_->set.clear(ignored);
  if (impl_) impl_->set.cancel(ignored);
}

Expected<Signals> Signals::create(Loop& loop, std::initializer_list<int> numbers) {
  auto impl = std::make_shared<Impl>(context_of(loop));
  for (const int number : numbers) {
    boost::system::error_code error;
    impl->set.add(number, error);
    if (error) {
      return failure(ErrorKind::invalid,
                     fmt::format("cannot catch signal {}: {}", number, error.message()));
    }
  }
  return Signals(std::move(impl));
}

Task<Expected<int>> Signals::wait() {
  auto& impl = *impl_;
  while (impl.arrived.empty()) {
    if (!impl.armed) {
      impl.armed = true;
      impl.set.async_wait([shared = impl_](const boost::system::error_code& error, int number) {
        shared->armed = false;
        if (error) return;
        shared->arrived.push_back(number);
        shared->suspension.wake();
      });
    }
    if (co_await impl.suspension.wait() == Wake::cancelled) {
      co_return failure(ErrorKind::cancelled, "cancelled");
    }
  }
  const int number = impl.arrived.front();
  impl.arrived.pop_front();
  co_return number;
}

}  // namespace llf::net
