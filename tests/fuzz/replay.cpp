// Checks the files that are named: what fuzzing starts from, and what it once found.
#include "tests/fuzz/fuzz.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

int main(int count, char** files) {
  for (int i = 1; i < count; ++i) {
    std::fprintf(stderr, "%s\n", files[i]);
    std::ifstream file(files[i], std::ios::binary);
    if (!file) return 1;
    llf::fuzz::check(std::string(std::istreambuf_iterator<char>(file), {}));
  }
  return count > 1 ? 0 : 2;
}
