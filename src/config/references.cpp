#include "config/references.hpp"

#include "base/limits.hpp"
#include "config/quoted.hpp"
#include "os/secret_file.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace llf::config {
namespace {

constexpr std::string_view kVariable = "env";
constexpr std::string_view kFile = "file";

Expected<std::optional<std::string>> content_of(const std::string& path) {
  auto text = os::read_secret_file(path, limits::kSecretFile);
  if (!text) return failure(text.error());
  if (text->empty()) return failure(ErrorKind::invalid, fmt::format("{} is empty", path));
  return *std::move(text);
}

}  // namespace

bool is_reference(const json::Value& value) {
  if (!value.is_object() || value.get_object().size() != 1) return false;
  const auto key = value.get_object().begin()->key();
  return key == kVariable || key == kFile;
}

Expected<Reference> read_reference(const json::Value& value) {
  const auto& [key, stands] = *value.get_object().begin();
  if (!stands.is_string() || stands.get_string().empty()) {
    return failure(ErrorKind::invalid,
                   R"(it is {"env": "NAME"} or {"file": "/PATH"}, each with a text in quotes)");
  }
  Reference reference{.kind = key == kFile ? Reference::Kind::file : Reference::Kind::variable,
                      .name = std::string(stands.get_string())};
  if (reference.kind == Reference::Kind::file && !reference.name.starts_with('/')) {
    return failure(ErrorKind::invalid, not_absolute(quoted(fmt::format("'{}'", reference.name))));
  }
  return reference;
}

LookUp look_up_in(Environment environment) {
  return [environment = std::move(environment)](
             const Reference& reference) -> Expected<std::optional<std::string>> {
    if (reference.kind == Reference::Kind::file) return content_of(reference.name);
    auto found = environment(reference.name.c_str());
    if (found) return found;
    return failure(ErrorKind::invalid,
                   fmt::format("the variable {} is not set", quoted(reference.name)));
  };
}

LookUp look_up_files() {
  return [](const Reference& reference) -> Expected<std::optional<std::string>> {
    if (reference.kind == Reference::Kind::file) return content_of(reference.name);
    return std::nullopt;
  };
}

LookUp look_up_nothing() {
  return [](const Reference&) -> Expected<std::optional<std::string>> { return std::nullopt; };
}

}  // namespace llf::config
