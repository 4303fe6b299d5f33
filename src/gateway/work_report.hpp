#pragma once

#include "base/task.hpp"
#include "net/http_server.hpp"

#include <cstdint>
#include <memory>

namespace llf::gateway {

/// Tells four times a second how many bytes of a work are done, `{"done_bytes","size_bytes"}`, in
/// an answer that has begun, until it is cancelled or nobody listens. Loop thread.
[[nodiscard]] Task<void> report_work(std::shared_ptr<std::uint64_t> done, std::uint64_t size,
                                     net::Responder& responder);

}  // namespace llf::gateway
