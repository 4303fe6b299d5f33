#include "net/chunk_scanner.hpp"

#include "base/limits.hpp"
#include "net/http_chars.hpp"

#include <algorithm>

namespace llf::net {
namespace {

constexpr FramingError kBadChunk{
    .status = 400, .code = "bad_chunk", .message = "The chunked body is not framed correctly."};
constexpr int kMaxDigits = 15;

}  // namespace

Framed<ChunkScanner::Step> ChunkScanner::next(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ != State::done) {
    if (state_ == State::data) {
      const auto left = bytes.size() - at;
      const auto size = remaining_ < left ? static_cast<std::size_t>(remaining_) : left;
      remaining_ -= size;
      if (remaining_ == 0) state_ = State::data_cr;
      return Step{.consumed = at + size, .payload = bytes.substr(at, size)};
    }
    if (!take(bytes[at])) return std::unexpected(kBadChunk);
    ++at;
    if (at_boundary()) break;
  }
  return Step{.consumed = at, .payload = {}};
}

bool ChunkScanner::take(char c) {
  switch (state_) {
    case State::size:
      return take_size(c);
    case State::extension:
      return take_extension(c);
    case State::size_lf:
      state_ = remaining_ == 0 ? State::trailer_start : State::data;
      digits_ = 0;
      return c == '\n';
    case State::data_cr:
      state_ = State::data_lf;
      return c == '\r';
    case State::data_lf:
      state_ = State::size;
      has_extension_ = false;
      return c == '\n';
    case State::last_lf:
      state_ = State::done;
      return c == '\n';
    case State::trailer_start:
    case State::trailer_name:
    case State::trailer_value:
    case State::trailer_lf:
      return take_trailer(c);
    case State::data:
    case State::done:
      break;
  }
  return false;
}

bool ChunkScanner::take_size(char c) {
  const int value = hex_value(c);
  if (value >= 0) {
    remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(value);
    return ++digits_ <= kMaxDigits;
  }
  if (digits_ == 0) return false;
  if (c == ';') {
    state_ = State::extension;
    has_extension_ = true;
    return ++extension_bytes_ <= limits::kChunkExtensions.bytes();
  }
  state_ = State::size_lf;
  return c == '\r';
}

bool ChunkScanner::take_extension(char c) {
  if (c == '\r') {
    state_ = State::size_lf;
    return true;
  }
  return is_value_char(c) && ++extension_bytes_ <= limits::kChunkExtensions.bytes();
}

bool ChunkScanner::take_trailer(char c) {
  if (++trailer_bytes_ > limits::kTrailers.bytes()) return false;
  switch (state_) {
    case State::trailer_start:
      state_ = c == '\r' ? State::last_lf : State::trailer_name;
      return c == '\r' || is_token_char(c);
    case State::trailer_name:
      if (c == ':') state_ = State::trailer_value;
      return c == ':' || is_token_char(c);
    case State::trailer_value:
      if (c == '\r') state_ = State::trailer_lf;
      return c == '\r' || is_value_char(c);
    default:
      state_ = State::trailer_start;
      return c == '\n';
  }
}

}  // namespace llf::net
