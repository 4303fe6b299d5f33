#pragma once

#include "base/expected.hpp"

#include <boost/asio/thread_pool.hpp>

#include <memory>

namespace llf::net {

/// A pool of one thread, which runs. Errors: `unavailable` when the machine has no more threads for
/// this process. Any thread.
[[nodiscard]] Expected<std::unique_ptr<boost::asio::thread_pool>> start_thread_pool();

}  // namespace llf::net
