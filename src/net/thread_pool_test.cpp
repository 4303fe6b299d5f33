#include "net/thread_pool.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <latch>

namespace llf::net {
namespace {

TEST(ThreadPool, runs) {
  const auto pool = start_thread_pool();
  ASSERT_TRUE(pool);
  std::latch ran(1);
  boost::asio::post(**pool, [&ran] { ran.count_down(); });
  ran.wait();
}

}  // namespace
}  // namespace llf::net
