// The entry of libFuzzer, which brings its own main.
#include "tests/fuzz/fuzz.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  llf::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
