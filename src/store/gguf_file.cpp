#include "store/gguf_file.hpp"

#include "base/limits.hpp"
#include "gguf/header_reader.hpp"
#include "os/file_error.hpp"
#include "os/unique_fd.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <span>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failed(std::string_view doing, const fs::path& path) {
  return failure(os::file_error(doing, path, os::FileUse::read, errno));
}

/// What follows in the file, into `piece` or a part of it: the file was longer than that before.
Expected<std::string_view> read_on(int fd, const fs::path& path, std::span<char> piece) {
  for (;;) {
    const auto got = ::read(fd, piece.data(), piece.size());
    if (got > 0) return std::string_view(piece.data(), static_cast<std::size_t>(got));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("reading", path);
    return failure(ErrorKind::conflict,
                   fmt::format("{} became shorter while it was read", path.native()));
  }
}

}  // namespace

Expected<gguf::Header> read_gguf(const fs::path& path) {
  // O_NONBLOCK: a FIFO in the place of a file must not hang us.
  const os::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return failed("opening", path);
  struct stat facts = {};
  if (::fstat(fd.get(), &facts) != 0) return failed("looking at", path);
  if (!S_ISREG(facts.st_mode)) {
    return failure(ErrorKind::invalid, fmt::format("{} is not a file", path.native()));
  }
  gguf::HeaderReader reader(static_cast<std::uint64_t>(facts.st_size));
  std::vector<char> piece(limits::kGgufFirstRead.bytes());
  std::string_view bytes;  // an empty file is one that is wrong
  for (;;) {
    if (auto taken = reader.take(bytes); !taken) {
      return failure(taken.error().with_context(path.native()));
    }
    if (reader.done()) return std::move(reader).header();
    if (reader.needed() > limits::kGgufHeader.bytes()) {
      return failure(ErrorKind::too_large,
                     fmt::format("the header of {} is longer than {}", path.native(),
                                 to_string(limits::kGgufHeader)));
    }
    const auto read = read_on(fd.get(), path, piece);
    if (!read) return failure(read.error());
    bytes = *read;
  }
}

}  // namespace llf::store
