#include "worker/ready_line.hpp"

namespace llf::worker {
namespace {

constexpr std::string_view kJsonEnd = "\\n\"}";

// The message alone: without the closing of a JSON line.
std::string_view message_of(std::string_view line) {
  if (line.starts_with('{') && line.ends_with(kJsonEnd)) line.remove_suffix(kJsonEnd.size());
  while (line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

}  // namespace

bool ReadyLine::see(std::string_view line) {
  if (loaded_ && listening_) return false;
  const auto message = message_of(line);
  loaded_ = loaded_ || message.ends_with(": model loaded");
  listening_ = listening_ || message.contains("listening on ");
  return loaded_ && listening_;
}

}  // namespace llf::worker
