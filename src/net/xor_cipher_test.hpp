#pragma once

#include "net/cipher.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// A cipher that tests can read and forge: what net does with one, whatever it is.
namespace llf::net::test {

inline constexpr std::string_view kHello = "hi!";  ///< each side's handshake
inline constexpr char kData = 'd';                 ///< then two bytes of size, then the bytes
inline constexpr char kEnd = 'e';
inline constexpr char kDemand = 'k';  ///< asks for kDemanded bytes of no meaning
inline constexpr std::size_t kDemanded = 20'000;
inline constexpr std::size_t kFrameHead = 3;

inline std::string turned(std::string_view bytes) {
  std::string result(bytes);
  for (auto& byte : result) byte = static_cast<char>(byte ^ 0x55);
  return result;
}

/// The one frame of these bytes.
inline std::string sealed(std::string_view plain) {
  std::string frame{kData, static_cast<char>(plain.size() >> 8U), static_cast<char>(plain.size())};
  return frame + turned(plain);
}

/// Takes the first whole frame off `wire`; nothing when there is none.
inline std::optional<std::string> take_frame(std::string& wire) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(wire[at]); };
  if (wire.size() < kFrameHead || wire[0] != kData) return std::nullopt;
  const auto size = (std::size_t{byte(1)} << 8U) + byte(2);
  if (wire.size() < kFrameHead + size) return std::nullopt;
  auto plain = turned(std::string_view(wire).substr(kFrameHead, size));
  wire.erase(0, kFrameHead + size);
  return plain;
}

class XorCipher final : public Cipher {
 public:
  State shake_hands() override {
    if (for_wire_.empty() && !greeted_) for_wire_ = kHello;
    greeted_ = true;
    if (shaken_) return State::ok;
    const auto seen = std::min(wire_.size(), kHello.size());
    if (wire_.substr(0, seen) != kHello.substr(0, seen)) return fail();
    if (seen < kHello.size()) return State::starved;
    wire_.erase(0, kHello.size());
    shaken_ = true;
    return State::ok;
  }

  void take_wire(std::string_view bytes) override { wire_ += bytes; }

  Read read(std::span<char> plain) override {
    while (plain_.empty()) {
      if (failed_) return {.state = State::failed};
      if (!wire_.empty() && wire_[0] == kEnd) return {.state = State::end};
      if (!wire_.empty() && wire_[0] == kDemand) {
        wire_.erase(0, 1);
        for_wire_.append(kDemanded, kDemand);
        continue;
      }
      if (!wire_.empty() && wire_[0] != kData) return {.state = fail()};
      auto frame = take_frame(wire_);
      if (!frame) return {.state = State::starved};
      plain_ = *std::move(frame);
    }
    const auto size = std::min(plain.size(), plain_.size());
    std::copy_n(plain_.begin(), size, plain.begin());
    plain_.erase(0, size);
    return {.state = State::ok, .bytes = size};
  }

  State write(std::string_view plain) override {
    if (!shaken_ || failed_) return fail();
    for_wire_ += sealed(plain);
    return State::ok;
  }

  void finish() override {
    if (shaken_ && !failed_) for_wire_ += kEnd;
  }

  std::string& for_wire() override { return for_wire_; }
  Error why() const override {
    return {.kind = ErrorKind::upstream, .message = "this is not what we speak"};
  }

 private:
  State fail() {
    failed_ = true;
    return State::failed;
  }

  std::string wire_;
  std::string plain_;
  std::string for_wire_;
  bool greeted_ = false;
  bool shaken_ = false;
  bool failed_ = false;
};

class XorSource final : public CipherSource {
 public:
  Expected<std::unique_ptr<Cipher>> cipher_for(std::string_view /*host*/) override {
    return std::make_unique<XorCipher>();
  }
};

}  // namespace llf::net::test
