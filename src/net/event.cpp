#include "net/event.hpp"

#include "base/assert.hpp"
#include "net/suspension.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <list>

namespace llf::net {

struct Event::Impl {
  struct Waiter {
    Suspension suspension;
    bool released = false;
  };

  bool set = false;
  std::list<Waiter*> waiters;
};

Event::Event() : impl_(std::make_unique<Impl>()) {}

Event::~Event() {
  LLF_ASSERT(impl_->waiters.empty());
}

void Event::set() {
  impl_->set = true;
  for (auto* waiter : impl_->waiters) {
    waiter->released = true;
    waiter->suspension.wake();
  }
  impl_->waiters.clear();
}

void Event::reset() {
  impl_->set = false;
}

bool Event::is_set() const {
  return impl_->set;
}

Task<Expected<void>> Event::wait() {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) {
    co_return failure(ErrorKind::cancelled, "cancelled");
  }
  if (impl_->set) co_return Expected<void>();
  Impl::Waiter waiter;
  impl_->waiters.push_back(&waiter);
  const auto why = co_await waiter.suspension.wait();
  // Once released, the event may be gone: only the waiter's own flag is looked at.
  if (waiter.released) co_return Expected<void>();
  std::erase(impl_->waiters, &waiter);
  LLF_ASSERT(why == Wake::cancelled);
  co_return failure(ErrorKind::cancelled, "cancelled");
}

}  // namespace llf::net
