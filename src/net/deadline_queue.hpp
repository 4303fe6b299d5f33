#pragma once

#include "base/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>

namespace llf::net {

class DeadlineQueue;

/// Something that wants to be called at a time. It leaves the queue when it is destroyed.
class DeadlineNode {
 public:
  DeadlineNode() = default;
  DeadlineNode(const DeadlineNode&) = delete;
  DeadlineNode& operator=(const DeadlineNode&) = delete;

 protected:
  ~DeadlineNode() { cancel_deadline(); }

  /// At most one deadline at a time. `on_deadline` is called once, on the loop thread, unless it
  /// is cancelled before.
  void set_deadline(DeadlineQueue& queue, MonoTime at);
  void cancel_deadline();

 private:
  friend class DeadlineQueue;
  virtual void on_deadline() = 0;

  DeadlineQueue* queue_ = nullptr;
  std::multimap<MonoTime, DeadlineNode*>::iterator place_;
};

/// All deadlines of a loop over one timer: setting and cancelling one costs no system call and
/// leaves no callback behind. The timer is set anew only for an earlier deadline; it runs at most
/// once for nothing.
class DeadlineQueue {
 public:
  explicit DeadlineQueue(boost::asio::io_context& context) : timer_(context) {}

 private:
  friend class DeadlineNode;
  void arm();
  void run_due();

  boost::asio::steady_timer timer_;
  MonoTime armed_for_ = MonoTime::max();
  std::multimap<MonoTime, DeadlineNode*> nodes_;
};

}  // namespace llf::net
