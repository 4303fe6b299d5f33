#include "net/task_group.hpp"

#include "base/assert.hpp"
#include "log/log.hpp"
#include "net/loop_context.hpp"
#include "net/suspension.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <list>
#include <utility>

namespace llf::net {

namespace asio = boost::asio;

struct TaskGroup::Impl {
  struct Child {
    asio::cancellation_signal signal;
    bool started = false;
  };
  using Place = std::list<Child>::iterator;

  Impl(LoopContext& c, std::string n) : context(c), name(std::move(n)) {}

  Task<void> run(Task<void> task, Place place);
  void remove(Place place);

  LoopContext& context;
  std::string name;
  std::list<Child> children;
  bool cancelled = false;
  Suspension joiner;
};

// The frame around a task. Asio would throw from every co_await of a cancelled task, and would not
// even start one that is cancelled early; ours find out from their waits.
Task<void> TaskGroup::Impl::run(Task<void> task, Place place) {
  co_await asio::this_coro::throw_if_cancelled(false);
  place->started = true;
  co_await asio::post(context, asio::deferred);
  if (cancelled) place->signal.emit(asio::cancellation_type::terminal);
  try {
    co_await std::move(task);
  } catch (const std::exception& e) {
    log::error("net", "bug: an exception left a task of \"{}\": {}", name, e.what());
    const bool exception_left_a_task = true;
    LLF_ASSERT(!exception_left_a_task);
  }
}

void TaskGroup::Impl::remove(Place place) {
  children.erase(place);
  --context.tasks;
  if (children.empty()) joiner.wake();
}

TaskGroup::TaskGroup(Loop& loop, std::string name) : TaskGroup(loop.executor(), std::move(name)) {}

TaskGroup::TaskGroup(Executor executor, std::string name)
    : impl_(std::make_unique<Impl>(context_of(executor), std::move(name))) {}

TaskGroup::~TaskGroup() {
  LLF_ASSERT(impl_->children.empty());
}

void TaskGroup::spawn(Task<void> task) {
  auto& impl = *impl_;
  impl.children.emplace_back();
  ++impl.context.tasks;
  const auto place = std::prev(impl.children.end());
  asio::co_spawn(Executor(impl.context.get_executor()), impl.run(std::move(task), place),
                 asio::bind_cancellation_slot(place->signal.slot(),
                                              [&impl, place](const std::exception_ptr& e) {
                                                LLF_ASSERT(!e);
                                                impl.remove(place);
                                              }));
}

void TaskGroup::cancel() {
  impl_->cancelled = true;
  for (auto& child : impl_->children) {
    if (child.started) child.signal.emit(asio::cancellation_type::terminal);
  }
}

Task<void> TaskGroup::join() {
  auto& impl = *impl_;
  if (impl.children.empty()) co_return;
  if (co_await impl.joiner.wait() == Wake::cancelled) {
    cancel();
    if (!impl.children.empty()) co_await impl.joiner.wait_through();
  }
}

std::size_t TaskGroup::size() const {
  return impl_->children.size();
}

}  // namespace llf::net
