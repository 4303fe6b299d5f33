#pragma once

#include "hub/http.hpp"
#include "hub/range_set.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace llf::hub {

/// What was asked of a server that has a file.
struct Asked {
  Range range;             ///< `size` bytes from 0: the whole file, without a Range field
  std::uint64_t size = 0;  ///< of the file; 0: not known yet
  std::string tag;         ///< the ETag that it had; empty: not known, or of no interest
  std::string modified{};  ///< the same of its Last-Modified

  [[nodiscard]] bool whole() const { return size != 0 && range == Range{0, size}; }
};

/// What an answer's head means for what was asked.
struct Judgement {
  enum class Kind : std::uint8_t {
    take,       ///< these are the bytes
    no_ranges,  ///< the server sends the whole file only
    moved,      ///< they are elsewhere, or the address has expired: look for it anew
    busy,       ///< later, see `wait`
    changed,    ///< the file is another one now
    wrong,      ///< the server cannot be trusted with this range
    refused,    ///< and asking again does not help
  };
  Kind kind = Kind::wrong;
  Error error;  ///< of all but take
  std::chrono::seconds wait{};
};

/// Judges the head of an answer (RFC 9110, 14 and 15; F51 to F57). `shown` names the server. Pure.
[[nodiscard]] Judgement judge(const HttpHead& head, const Asked& asked, std::string_view shown);

/// "bytes 0-99/1000": what is sent, and the size of the whole, when it is told.
struct ContentRange {
  Range range;
  std::optional<std::uint64_t> size;
};
[[nodiscard]] std::optional<ContentRange> read_content_range(std::string_view text);

/// The size of the file that an answer to "bytes=0-0" tells; nothing when it does not.
[[nodiscard]] std::optional<std::uint64_t> told_size(const HttpHead& head);

}  // namespace llf::hub
