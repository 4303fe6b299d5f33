#include "store/digest.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "os/file_error.hpp"
#include "os/unique_fd.hpp"

#include <openssl/evp.h>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace llf::store {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

}  // namespace

std::optional<Digest> Digest::parse(std::string_view hex) {
  if (hex.size() != 2 * kBytes) return std::nullopt;
  std::array<std::uint8_t, kBytes> bytes{};
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const auto digit = kHexDigits.find(hex[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    bytes.at(i / 2) = static_cast<std::uint8_t>(std::size_t{bytes.at(i / 2)} << 4U | digit);
  }
  return Digest(bytes);
}

std::string Digest::hex() const {
  std::string text;
  text.reserve(2 * kBytes);
  for (const auto byte : bytes_) {
    text += kHexDigits[std::size_t{byte} >> 4U];
    text += kHexDigits[std::size_t{byte} & 15U];
  }
  return text;
}

struct Sha256::Impl {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free};
  void begin() const { LLF_ASSERT(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1); }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
  impl_->begin();
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::span<const char> bytes) {
  LLF_ASSERT(EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
  std::array<std::uint8_t, Digest::kBytes> bytes{};
  LLF_ASSERT(EVP_DigestFinal_ex(impl_->context.get(), bytes.data(), nullptr) == 1);
  impl_->begin();
  return Digest(bytes);
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

Expected<Digest> sha256_of_file(const std::filesystem::path& path, const HashProgress& progress) {
  const os::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return failure(os::file_error("opening", path, os::FileUse::read, errno));
  static_cast<void>(::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL));
  std::vector<char> buffer(limits::kHashRead.bytes());
  Sha256 hash;
  for (std::uint64_t done = 0;;) {
    const auto got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(os::file_error("reading", path, os::FileUse::read, errno));
    if (got == 0) return hash.finish();
    hash.add(std::span(buffer).first(static_cast<std::size_t>(got)));
    done += static_cast<std::uint64_t>(got);
    if (!progress(done)) return failure(ErrorKind::cancelled, "hashing was stopped");
  }
}

}  // namespace llf::store
