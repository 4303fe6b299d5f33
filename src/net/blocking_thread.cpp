#include "net/blocking_thread.hpp"

#include "net/thread_pool.hpp"

#include <boost/asio/post.hpp>

namespace llf::net {

BlockingThread::BlockingThread(Loop& loop) : loop_(loop) {}

BlockingThread::~BlockingThread() {
  end_.request_stop();
  if (!pool_) return;
  pool_->stop();
  pool_->join();
}

Expected<void> BlockingThread::push(std::move_only_function<void()> work) {
  if (!pool_) {
    auto pool = start_thread_pool();
    if (!pool) return failure(pool.error());
    pool_ = *std::move(pool);
  }
  boost::asio::post(*pool_, std::move(work));
  return {};
}

}  // namespace llf::net
