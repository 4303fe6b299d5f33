#include "net/suspension.hpp"

#include "base/assert.hpp"
#include "net/loop_context.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace llf::net {

namespace asio = boost::asio;

Task<void> give_turn() {
  auto& loop = context_of(co_await asio::this_coro::executor);
  co_await asio::post(loop, asio::deferred);
}

Suspension::~Suspension() {
  LLF_ASSERT(!waiting());
}

template <class Handler>
void Suspension::start(Handler handler, MonoTime deadline, Mode mode) {
  LLF_ASSERT(!waiting());
  if (mode == Mode::cancellable) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
      slot.assign([this](asio::cancellation_type) { finish(Wake::cancelled); });
    }
  }
  resume_ = std::move(handler);
  if (deadline != MonoTime::max()) set_deadline(loop_->deadlines, deadline);
}

Task<Wake> Suspension::suspend(MonoTime deadline, Mode mode) {
  if (loop_ == nullptr) loop_ = &context_of(co_await asio::this_coro::executor);
  if (mode == Mode::cancellable) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return Wake::cancelled;
  }
  auto initiate = [this, deadline, mode](auto handler) {
    start(std::move(handler), deadline, mode);
  };
  co_return co_await asio::async_initiate<const asio::deferred_t, void(Wake)>(initiate,
                                                                              asio::deferred);
}

Task<Wake> Suspension::wait(MonoTime deadline) {
  return suspend(deadline, Mode::cancellable);
}

Task<void> Suspension::wait_through() {
  co_await suspend(MonoTime::max(), Mode::through);
}

void Suspension::finish(Wake why) {
  if (!waiting()) return;
  cancel_deadline();
  asio::post(*loop_, [resume = std::exchange(resume_, nullptr), why]() mutable { resume(why); });
}

void Suspension::wake() {
  finish(Wake::woken);
}

void Suspension::wake_now() {
  if (!waiting()) return;
  cancel_deadline();
  std::exchange(resume_, nullptr)(Wake::woken);
}

}  // namespace llf::net
