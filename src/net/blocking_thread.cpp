#include "net/blocking_thread.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace llf::net {

struct BlockingThread::Impl {
  boost::asio::thread_pool pool{1};
};

BlockingThread::BlockingThread(Loop& loop) : loop_(loop) {}

BlockingThread::~BlockingThread() {
  end_.request_stop();
  if (!impl_) return;
  impl_->pool.stop();
  impl_->pool.join();
}

void BlockingThread::push(std::move_only_function<void()> work) {
  if (!impl_) impl_ = std::make_unique<Impl>();
  boost::asio::post(impl_->pool, std::move(work));
}

}  // namespace llf::net
