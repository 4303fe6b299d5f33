#include "hub/content_check.hpp"

#include "base/limits.hpp"
#include "hub/remote_header.hpp"
#include "store/gguf_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace llf::hub {
namespace {

bool is_no_model(ErrorKind kind) {
  return kind == ErrorKind::invalid || kind == ErrorKind::too_large;
}

}  // namespace

Expected<void> check_content(const std::filesystem::path& file) {
  const auto header = store::read_gguf(file);
  if (header) return {};
  const auto kind = header.error().kind;
  if (!is_no_model(kind)) return failure(header.error());
  return failure(kind, fmt::format("it came as it is on the server, but is no model: {}",
                                   header.error().message));
}

Expected<void> FrontCheck::look(const std::filesystem::path& part, std::uint64_t front,
                                std::uint64_t size) {
  if (settled_ || front <= have_) return {};
  if (!reader_) reader_.emplace(size);
  const auto taken = take(part, front);
  settled_ = !taken || reader_->done() || have_ >= limits::kGgufHeader.bytes();
  if (taken || !is_no_model(taken.error().kind)) return {};  // the whole will be looked at
  if (!is_so_at_its_origins(size, taken.error().kind)) return {};
  return failure(taken.error().kind,
                 fmt::format("what {} has is no model: {}", origins_.front().url.shown(),
                             taken.error().message));
}

/// Gives the reader what is new of the front, as far as a header may go.
Expected<void> FrontCheck::take(const std::filesystem::path& part, std::uint64_t front) {
  std::ifstream file(part, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(have_));
  std::string piece;
  const auto end = std::min(front, limits::kGgufHeader.bytes());
  while (have_ < end && !reader_->done()) {
    piece.resize(std::min(end - have_, limits::kGgufFirstRead.bytes()));
    if (!file.read(piece.data(), static_cast<std::streamsize>(piece.size()))) {
      return failure(ErrorKind::io, "the part cannot be read");
    }
    have_ += piece.size();
    if (auto taken = reader_->take(piece); !taken) return taken;
  }
  return {};
}

bool FrontCheck::is_so_at_its_origins(std::uint64_t size, ErrorKind kind) const {
  auto connections = Connections::create();
  bool told = false;
  for (const auto& origin : origins_) {
    if (!connections) return false;
    const auto header = read_remote_header(
        {.connections = *connections, .endpoint = origin.endpoint, .stop = stop_}, origin.url,
        ByteSize(size));
    if (header) return false;
    told = told || header.error().kind == kind;
  }
  return told;
}

}  // namespace llf::hub
