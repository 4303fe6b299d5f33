#include "daemon/model_check.hpp"

#include "store/gguf_file.hpp"

#include <utility>

namespace llf::daemon {

Task<Expected<void>> check_model(net::BlockingThread& disk, std::filesystem::path path) {
  co_return co_await disk.run([path = std::move(path)]() -> Expected<void> {
    const auto header = store::read_gguf(path);
    if (!header) return failure(header.error());
    return {};
  });
}

}  // namespace llf::daemon
