#include "net/loop.hpp"

#include "base/assert.hpp"
#include "net/loop_context.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <utility>

namespace llf::net {

Loop::Loop() : impl_(std::make_unique<Impl>()) {}

Loop::~Loop() {
  LLF_ASSERT(impl_->context.tasks == 0);
}

// Asio's own count of outstanding work will not do: the timer under the deadlines stays set when
// the last deadline has been cancelled.
void Loop::run() {
  auto& context = impl_->context;
  context.restart();
  while (!context.stopped()) {
    if (context.tasks == 0 && context.poll_one() == 0) return;
    if (context.tasks != 0) context.run_one();
  }
}

void Loop::run_until(const std::function<bool()>& done) {
  impl_->context.restart();
  while (!done() && impl_->context.run_one() != 0) {
  }
}

void Loop::stop() {
  impl_->context.stop();
}

void Loop::post(std::move_only_function<void()> work) {
  boost::asio::post(impl_->context, std::move(work));
}

Executor Loop::executor() const {
  return impl_->context.get_executor();
}

LoopContext& context_of(const Executor& executor) {
  auto& context = boost::asio::query(executor, boost::asio::execution::context);
  return static_cast<LoopContext&>(context);
}

LoopContext& context_of(Loop& loop) {
  return context_of(loop.executor());
}

}  // namespace llf::net
