#include "store/gguf_file.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"
#include "os/unique_fd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <variant>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failed(std::string_view doing, const fs::path& path) {
  return failure(os::file_error(doing, path, os::FileUse::read, errno));
}

/// Makes `beginning` as long as `size`, which the file is at least unless it was cut meanwhile.
Expected<void> read_on(int fd, std::uint64_t size, const fs::path& path, std::string& beginning) {
  auto at = beginning.size();
  beginning.resize(size);
  while (at < size) {
    const auto got = ::pread(fd, beginning.data() + at, size - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("reading", path);
    if (got == 0) {
      return failure(ErrorKind::conflict,
                     fmt::format("{} became shorter while it was read", path.native()));
    }
    at += static_cast<std::size_t>(got);
  }
  return {};
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
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  std::string beginning;
  auto needed = limits::kGgufFirstRead.bytes();
  for (;;) {
    if (needed > limits::kGgufHeader.bytes()) {
      return failure(ErrorKind::too_large,
                     fmt::format("the header of {} is longer than {}", path.native(),
                                 to_string(limits::kGgufHeader)));
    }
    if (auto read = read_on(fd.get(), std::min(needed, size), path, beginning); !read) {
      return failure(read.error());
    }
    auto header = gguf::read_header(beginning, size);
    if (!header) return failure(header.error().with_context(path.native()));
    if (auto* whole = std::get_if<gguf::Header>(&*header)) return std::move(*whole);
    needed = std::max(std::get<gguf::Incomplete>(*header).bytes, 2 * beginning.size());
  }
}

}  // namespace llf::store
