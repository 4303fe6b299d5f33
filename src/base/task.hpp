#pragma once

#include <boost/asio/awaitable.hpp>

namespace llf {

/// A coroutine of the loop thread. It starts when awaited or when given to a net::TaskGroup; what
/// it is called with it must own (values, or references to what outlives the group), and it
/// captures nothing. Cancellation arrives as an `ErrorKind::cancelled` of the wait that it sits in
/// and of every wait that it begins after.
template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace llf
