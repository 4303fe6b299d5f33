#include "config/references.hpp"

#include "base/limits.hpp"
#include "config/quoted.hpp"
#include "os/secret_file.hpp"

#include <fmt/format.h>

#include <string_view>

namespace llf::config {
namespace {

constexpr std::string_view kVariable = "env";
constexpr std::string_view kFile = "file";

}  // namespace

bool is_reference(const json::Value& value) {
  if (!value.is_object() || value.get_object().size() != 1) return false;
  const auto key = value.get_object().begin()->key();
  return key == kVariable || key == kFile;
}

Expected<std::string> look_up(const json::Value& reference, const Environment& environment) {
  const auto& [key, value] = *reference.get_object().begin();
  if (!value.is_string() || value.get_string().empty()) {
    return failure(ErrorKind::invalid,
                   R"(it is {"env": "NAME"} or {"file": "/PATH"}, each with a text in quotes)");
  }
  const std::string name(value.get_string());
  if (key == kFile) {
    if (!name.starts_with('/')) {
      return failure(ErrorKind::invalid,
                     fmt::format("{} does not begin with '/': a path in the settings file must "
                                 "be absolute",
                                 quoted(fmt::format("'{}'", name))));
    }
    return os::read_secret_file(name, limits::kSecretFile);
  }
  auto found = environment(name.c_str());
  if (!found) {
    return failure(ErrorKind::invalid, fmt::format("the variable {} is not set", quoted(name)));
  }
  return *std::move(found);
}

}  // namespace llf::config
