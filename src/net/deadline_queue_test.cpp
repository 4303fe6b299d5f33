#include "net/deadline_queue.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

class Node final : public DeadlineNode {
 public:
  using DeadlineNode::cancel_deadline;
  using DeadlineNode::set_deadline;
  std::function<void()> called;

 private:
  void on_deadline() override { called(); }
};

struct Queue {
  boost::asio::io_context context{1};
  DeadlineQueue queue{context};
  const MonoTime now = mono_now();
};

TEST(DeadlineQueue, calls_in_order_each_one_once) {
  Queue q;
  std::vector<int> order;
  std::vector<std::unique_ptr<Node>> nodes;
  for (const int ms : {5, 1, 3, 1}) {
    nodes.push_back(std::make_unique<Node>());
    nodes.back()->called = [&order, ms] { order.push_back(ms); };
    nodes.back()->set_deadline(q.queue, q.now + std::chrono::milliseconds(ms));
  }
  q.context.run();
  EXPECT_EQ(order, (std::vector<int>{1, 1, 3, 5}));
}

TEST(DeadlineQueue, a_cancelled_or_destroyed_node_is_not_called) {
  Queue q;
  int calls = 0;
  Node cancelled;
  cancelled.called = [&calls] { ++calls; };
  cancelled.set_deadline(q.queue, q.now + 1ms);
  cancelled.cancel_deadline();
  cancelled.cancel_deadline();
  {
    Node destroyed;
    destroyed.called = [&calls] { ++calls; };
    destroyed.set_deadline(q.queue, q.now + 1ms);
  }
  q.context.run();
  EXPECT_EQ(calls, 0);
}

TEST(DeadlineQueue, a_callback_may_set_its_node_again_and_cancel_others) {
  Queue q;
  int calls = 0;
  Node victim;
  Node node;
  victim.called = [&calls] { calls += 100; };
  victim.set_deadline(q.queue, q.now + 2ms);
  node.called = [&] {
    victim.cancel_deadline();
    if (++calls < 3) node.set_deadline(q.queue, mono_now() + 1ms);
  };
  node.set_deadline(q.queue, q.now + 1ms);
  q.context.run();
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace llf::net
