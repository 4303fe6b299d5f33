#include "daemon/readiness.hpp"

#include "json/json.hpp"

#include <unistd.h>

namespace llf::daemon {

void report_readiness(int fd, const Expected<void>& outcome) {
  json::Object line;
  if (outcome) {
    line = {{"ready", true}, {"pid", ::getpid()}};
  } else {
    line = {{"error", outcome.error().message}, {"kind", facts(outcome.error().kind).name}};
  }
  const auto text = json::write(line) + "\n";
  // Whoever waits sees the end of the pipe if it cannot be written.
  static_cast<void>(::write(fd, text.data(), text.size()));
  ::close(fd);
}

}  // namespace llf::daemon
