#include "net/loop.hpp"

#include "net/loop_context.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <utility>

namespace llf::net {

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::run() {
  impl_->context.restart();
  impl_->context.run();
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

boost::asio::io_context& context_of(const Executor& executor) {
  auto& context = boost::asio::query(executor, boost::asio::execution::context);
  return static_cast<boost::asio::io_context&>(context);
}

boost::asio::io_context& context_of(Loop& loop) {
  return context_of(loop.executor());
}

}  // namespace llf::net
