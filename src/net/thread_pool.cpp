#include "net/thread_pool.hpp"

#include <boost/system/system_error.hpp>
#include <fmt/format.h>

namespace llf::net {

Expected<std::unique_ptr<boost::asio::thread_pool>> start_thread_pool() {
  try {
    return std::make_unique<boost::asio::thread_pool>(1);
  } catch (const boost::system::system_error& error) {
    return failure(ErrorKind::unavailable,
                   fmt::format("this machine gives llf no more threads ({}): end other programs, "
                               "or raise the limit of processes",
                               error.code().message()));
  }
}

}  // namespace llf::net
