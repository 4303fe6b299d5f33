#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"
#include "prompt/template.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Reads what the predecessor, the Python "Local LLM Framework", kept in its configs folder, and
/// says of every key what becomes of it.
namespace llf::migration {

enum class Outcome : std::uint8_t {
  taken,        ///< it is a setting of ours
  meaningless,  ///< there is nothing of the kind any more, or never was
  refused,      ///< it would be a setting, but its value cannot be one
};

/// "taken", "meaningless", …
[[nodiscard]] std::string_view to_string(Outcome outcome);

/// What becomes of one key.
struct Note {
  std::string key;  ///< with its sections: "local_llm_server.server_port"
  Outcome outcome = Outcome::taken;
  std::string to;   ///< the setting or prompt template that it became; empty: none
  std::string why;  ///< half a sentence; empty only where `to` says it all
  friend bool operator==(const Note&, const Note&) = default;
};

/// What `to` says of a prompt template.
[[nodiscard]] std::string template_target(std::string_view name);

/// What one or several files come to.
struct Import {
  std::vector<Note> notes;
  json::Object settings;  ///< as a settings file, which config::read_settings accepts
  std::vector<prompt::Template> prompts;
};

/// What the predecessor found around its file.
struct Surroundings {
  std::filesystem::path root;  ///< of its project, absolute: relative paths began there
  std::function<bool(const std::filesystem::path&)> is_file;
};

/// Whether `text` is a config.json of the predecessor: an object with a key that only those have.
/// Pure.
[[nodiscard]] bool is_config(std::string_view text);

/// Reads a config.json of any of its versions: flat keys, the object `local_llm_server` (0.1) or
/// the list `local_llm_servers` (0.2). Errors: `invalid`, with line and column, for what is no JSON
/// object; `too_large`. Pure but for `is_file`.
[[nodiscard]] Expected<Import> import_config(std::string_view text, const Surroundings& around);

/// Adds what another file came to. A setting, a profile as a whole or a prompt that is there
/// already with another content stays as it is, and the notes of what is added say so. Pure.
void merge(Import& into, Import more);

}  // namespace llf::migration
