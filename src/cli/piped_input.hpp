#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace llf::cli {

/// What the standard input is.
enum class InputKind : std::uint8_t {
  terminal,
  readable,  ///< a pipe, a socket or a file: something may be in it for us
  nothing,   ///< /dev/null, another device, closed
};
[[nodiscard]] InputKind kind_of_input(int fd);

/// What became of reading it.
struct PipedInput {
  enum class End : std::uint8_t {
    complete,  ///< all of it is here
    silent,    ///< not a byte and no end until the deadline
  };
  End end = End::complete;
  std::string bytes;
};

/// Reads `fd` to its end. When neither a byte nor the end has come by `deadline` it gives up: a
/// script's own input may be a pipe that nobody ever writes to or closes. Once a byte has come it
/// waits as long as it takes. Blocks. Errors: io; too_large past what a request may hold.
[[nodiscard]] Expected<PipedInput> read_piped_input(int fd, MonoTime deadline);

/// Reads `fd` to its end, however long that takes.
[[nodiscard]] Expected<std::string> read_whole_input(int fd);

/// Whether something can be read, or the end has come, before `deadline`. Blocks. Errors: io.
[[nodiscard]] Expected<bool> input_arrives(int fd, MonoTime deadline);

/// `bytes` as UTF-8: what is none becomes U+FFFD; and whether something was replaced. Pure.
struct Utf8Text {
  std::string text;
  bool replaced = false;
};
[[nodiscard]] Utf8Text to_utf8(std::string bytes);

}  // namespace llf::cli
