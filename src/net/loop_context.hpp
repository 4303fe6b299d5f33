#pragma once

#include "net/deadline_queue.hpp"
#include "net/loop.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>

/// For the other files of net: what is behind a loop.
namespace llf::net {

struct LoopContext : boost::asio::io_context {
  LoopContext() : io_context(1) {}  ///< a hint: one thread runs it

  DeadlineQueue deadlines{*this};
  std::size_t tasks = 0;  ///< not ended, in all groups
};

struct Loop::Impl {
  LoopContext context;
};

/// Of an executor of a loop; there are no others.
[[nodiscard]] LoopContext& context_of(const Executor& executor);
[[nodiscard]] LoopContext& context_of(Loop& loop);

}  // namespace llf::net
