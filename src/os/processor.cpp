#include "os/processor.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace llf::os {

bool has_matrix_units() {
#if defined(__x86_64__)
  constexpr unsigned kLeaf = 7;
  constexpr unsigned kAmxInt8 = 1U << 25U;
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid_count(kLeaf, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & kAmxInt8) != 0;
#else
  return false;
#endif
}

}  // namespace llf::os
