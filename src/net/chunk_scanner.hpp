#pragma once

#include "net/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace llf::net {

/// Reads the framing of a chunked body (RFC 9112 7.1) in bytes that come in pieces, strictly: sizes
/// of up to 15 hexadecimal digits, CR LF everywhere and never one of them alone, extensions of at
/// most limits::kChunkExtensions in sum, trailer fields of at most limits::kTrailers in sum, which
/// are read and dropped. Pure, O(1) memory.
class ChunkScanner {
 public:
  struct Step {
    std::size_t consumed = 0;  ///< bytes used up; not 0 unless `bytes` was empty or `done` held
    std::string_view payload;  ///< what of them belongs to the body; may be empty
  };

  /// Goes on until some payload was found, a chunk has ended, the body is done or the bytes are
  /// used up. Call it again with what is left of the bytes. After an error it must not be called
  /// again.
  [[nodiscard]] Framed<Step> next(std::string_view bytes);

  /// The last chunk and the trailer have been read; what follows is not part of the body.
  [[nodiscard]] bool done() const { return state_ == State::done; }

  /// The bytes so far end exactly between two chunks (or before the first).
  [[nodiscard]] bool at_boundary() const { return state_ == State::size && digits_ == 0; }

  /// Payload of the current chunk that is still to come.
  [[nodiscard]] std::uint64_t remaining() const { return remaining_; }

  /// The current chunk has an extension; false again once it has ended.
  [[nodiscard]] bool has_extension() const { return has_extension_; }

 private:
  enum class State : std::uint8_t {
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_lf,
    last_lf,
    done,
  };

  [[nodiscard]] bool take(char c);
  [[nodiscard]] bool take_size(char c);
  [[nodiscard]] bool take_extension(char c);
  [[nodiscard]] bool take_trailer(char c);

  State state_ = State::size;
  std::uint8_t digits_ = 0;
  bool has_extension_ = false;
  std::uint64_t remaining_ = 0;
  std::uint32_t extension_bytes_ = 0;
  std::uint32_t trailer_bytes_ = 0;
};

}  // namespace llf::net
