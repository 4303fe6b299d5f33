#include "config/quoted.hpp"

#include "base/limits.hpp"

#include <fmt/format.h>

#include <utility>

namespace llf::config {

std::string quoted(std::string text) {
  return text.size() <= limits::kQuotedValue ? std::move(text) : "that";
}

std::string not_absolute(std::string_view path) {
  return fmt::format("{} does not begin with '/': a path in the settings file must be absolute",
                     path);
}

}  // namespace llf::config
