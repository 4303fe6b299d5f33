#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace llf {

void assertion_failed(const char* condition, const char* file, int line) {
  static_cast<void>(std::fprintf(stderr, "llf: bug: %s at %s:%d\n", condition, file, line));
  std::abort();
}

}  // namespace llf
