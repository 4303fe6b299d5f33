#include "cli/app.hpp"

#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

int main(int argc, char** argv) {
  // Before anything else is built, because it is what people time.
  if (argc == 2 && std::string_view(argv[1]) == "--version") {
    const auto text = llf::cli::version_text();
    // Ends without destructors: there is nothing to flush.
    ::_exit(::write(STDOUT_FILENO, text.data(), text.size()) < 0 ? 1 : 0);
  }
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return llf::cli::run_llf(words, {.in_fd = STDIN_FILENO,
                                   .out = llf::cli::open_output(STDOUT_FILENO),
                                   .err = llf::cli::open_output(STDERR_FILENO)});
}
