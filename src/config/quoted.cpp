#include "config/quoted.hpp"

#include "base/limits.hpp"

#include <utility>

namespace llf::config {

std::string quoted(std::string text) {
  return text.size() <= limits::kQuotedValue ? std::move(text) : "that";
}

}  // namespace llf::config
