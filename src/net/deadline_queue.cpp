#include "net/deadline_queue.hpp"

#include "base/assert.hpp"

namespace llf::net {

void DeadlineNode::set_deadline(DeadlineQueue& queue, MonoTime at) {
  LLF_ASSERT(queue_ == nullptr);
  queue_ = &queue;
  place_ = queue.nodes_.emplace(at, this);
  queue.arm();
}

void DeadlineNode::cancel_deadline() {
  if (queue_ == nullptr) return;
  queue_->nodes_.erase(place_);
  queue_ = nullptr;
}

void DeadlineQueue::arm() {
  if (nodes_.empty() || nodes_.begin()->first >= armed_for_) return;
  armed_for_ = nodes_.begin()->first;
  timer_.expires_at(armed_for_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) run_due();
  });
}

void DeadlineQueue::run_due() {
  armed_for_ = MonoTime::max();
  const auto now = mono_now();
  while (!nodes_.empty() && nodes_.begin()->first <= now) {
    auto* node = nodes_.begin()->second;
    node->cancel_deadline();
    node->on_deadline();
  }
  arm();
}

}  // namespace llf::net
