#pragma once

#include "base/task.hpp"
#include "net/http_server.hpp"
#include "store/model_file.hpp"

#include <cstdint>
#include <memory>

namespace llf::gateway {

/// Bytes of all files of a model, its projector's too: those of a work that reads it. Asks the
/// disk.
[[nodiscard]] std::uint64_t size_with_projector(const store::ModelFile& model);

/// Tells four times a second how many bytes of a work are done, `{"done_bytes","size_bytes"}`, in
/// an answer that has begun, until it is cancelled or nobody listens. Loop thread.
[[nodiscard]] Task<void> report_work(std::shared_ptr<std::uint64_t> done, std::uint64_t size,
                                     net::Responder& responder);

}  // namespace llf::gateway
