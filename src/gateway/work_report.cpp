#include "gateway/work_report.hpp"

#include "base/limits.hpp"
#include "gateway/answer.hpp"
#include "net/timer.hpp"

#include <filesystem>
#include <system_error>

namespace llf::gateway {

std::uint64_t size_with_projector(const store::ModelFile& model) {
  std::error_code code;
  const auto more = model.projector.empty() ? 0 : std::filesystem::file_size(model.projector, code);
  return model.size.bytes() + (code ? 0 : more);
}

Task<void> report_work(std::shared_ptr<std::uint64_t> done, std::uint64_t size,
                       net::Responder& responder) {
  for (;;) {
    if (!co_await net::sleep_for(limits::kProgressInterval)) co_return;
    const json::Object told{{"done_bytes", *done}, {"size_bytes", size}};
    if (!co_await send_event(responder, told)) co_return;
  }
}

}  // namespace llf::gateway
