#include "store/digest.hpp"

#include "base/assert.hpp"

// The interface of today hides the state, which store/hash_marks.hpp needs.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <iterator>

namespace llf::store {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// What another core has read comes out of its cache or the memory, and waiting for that would take
/// a third of the time: it is asked for while what stands kAhead before it is hashed.
constexpr std::size_t kTurn = 1024;
constexpr std::size_t kAhead = 4 * kTurn;

void prefetch(std::span<const char> bytes) {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t at = 0; at < bytes.size(); at += kCacheLine) __builtin_prefetch(&bytes[at]);
}

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
  SHA256_CTX context{};
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
  LLF_ASSERT(SHA256_Init(&impl_->context) == 1);
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const auto step = bytes.first(std::min(bytes.size(), kTurn));
    if (bytes.size() > kAhead) {
      const auto ahead = bytes.subspan(kAhead);
      prefetch(ahead.first(std::min(ahead.size(), kTurn)));
    }
    LLF_ASSERT(SHA256_Update(&impl_->context, step.data(), step.size()) == 1);
    bytes = bytes.subspan(step.size());
  }
}

Digest Sha256::finish() {
  std::array<std::uint8_t, Digest::kBytes> bytes{};
  LLF_ASSERT(SHA256_Final(bytes.data(), &impl_->context) == 1);
  LLF_ASSERT(SHA256_Init(&impl_->context) == 1);
  return Digest(bytes);
}

Sha256State Sha256::state() const {
  LLF_ASSERT(impl_->context.num == 0);
  return std::to_array(impl_->context.h);
}

void Sha256::resume(const Sha256State& state, std::uint64_t bytes) {
  LLF_ASSERT(bytes % kBlock == 0);
  LLF_ASSERT(SHA256_Init(&impl_->context) == 1);
  std::ranges::copy(state, std::begin(impl_->context.h));
  const auto bits = bytes * 8;
  impl_->context.Nl = static_cast<SHA_LONG>(bits);
  impl_->context.Nh = static_cast<SHA_LONG>(bits >> 32U);
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

}  // namespace llf::store
