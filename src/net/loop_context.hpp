#pragma once

#include "net/loop.hpp"

#include <boost/asio/io_context.hpp>

/// For the other files of net: the Asio context behind a loop.
namespace llf::net {

struct Loop::Impl {
  boost::asio::io_context context{1};  ///< a hint: one thread runs it
};

[[nodiscard]] boost::asio::io_context& context_of(const Executor& executor);
[[nodiscard]] boost::asio::io_context& context_of(Loop& loop);

}  // namespace llf::net
