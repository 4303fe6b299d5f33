#include "os/replace_program.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <unistd.h>

namespace llf::os {

Error replace_program(const std::vector<std::string>& argv) {
  LLF_ASSERT(!argv.empty() && argv[0].contains('/'));
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  // execve promises not to write to them; its type is older than const.
  for (const auto& arg : argv) pointers.push_back(const_cast<char*>(arg.c_str()));
  pointers.push_back(nullptr);
  ::execve(pointers[0], pointers.data(), environ);
  return errno_error(fmt::format("starting {}", argv[0]), errno);
}

}  // namespace llf::os
