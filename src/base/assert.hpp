#pragma once

/// Stops the program with a message when a condition that only a bug of ours can break is broken.
/// Always on. Input never asserts: it gets an Error.
#define LLF_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::llf::assertion_failed(#condition, __FILE__, __LINE__))

namespace llf {

/// Prints "llf: bug: CONDITION at FILE:LINE" to stderr and aborts. Any thread.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace llf
